#include "kms/service/key_destruction_job.hpp"

#include "base/crash_point.hpp"
#include "base/crypto.hpp"
#include "base/log.hpp"
#include "kms/keys/destruction.hpp"
#include "kms/service/certificate_input.hpp"
#include "kms/service/key_refs.hpp"
#include "proof/certificate.hpp"

namespace quietus::service {
namespace {

using governance::Target;

struct Ending {
  governance::OrderRecord record;
  keys::KeyRef key;
  keys::KeyKind kind = keys::KeyKind::cipher;
  UnixMs created;
  std::vector<KeyRelease> releases;
};

/// With what only the ledger knows: who got data keys in clear.
Result<KeyDestruction> evidence_with_releases(const keys::DestructionState& state,
                                              std::vector<KeyRelease> releases) {
  QUIETUS_TRY(shown, keys::evidence_of(state));
  shown.releases = std::move(releases);
  return shown;
}

Result<Ending> ending_of(Service& service, const OrderId& order, const HoldingId& holding,
                         const std::optional<keys::DestructionState>& saved) {
  Ending target;
  service.ledger.look([&](const governance::State& state) {
    target.record = *state.find(order);
    const auto* found = state.find(holding);
    target.key.id = found->key;
    target.kind = keys::kind_of(found->key_algorithm);
    target.created = found->key_created;
    target.releases = found->releases;
  });
  if (saved) {
    target.key = saved->key;
    return target;
  }
  QUIETUS_TRY(ref, key_ref(service, target.key.id));
  target.key.ref = ref;
  return target;
}

Status complete(Service& service, const Ending& target, const HoldingId& holding,
                const KeyDestruction& shown) {
  QUIETUS_TRY(input, key_certificate_input(service, target.record, holding, shown));
  QUIETUS_TRY(detail, proof::completion_detail(input));
  governance::CompleteKeyDestruction command{target.record.order.id, holding, shown,
                                             sha256(detail.write()), detail,  input.waivers->size()};
  QUIETUS_CHECK(service.ledger.commit_or_deny({governance::House{"the key was shown to be gone"}, command}));
  crash_point(CrashPoint::kms_key_completed);
  return {};
}

}  // namespace

namespace {

bool act_begun(Service& service, const OrderId& order, const HoldingId& holding) {
  return service.ledger.look([&](const governance::State& state) {
    const auto* record = state.find(order);
    const auto* line = record == nullptr ? nullptr : record->line(holding);
    return line != nullptr && line->acted_index > 0;
  });
}

/// Whether the key is gone although nobody could save that it is: the token was told, and then the process
/// died. Only what the token says plainly counts as gone.
Result<bool> gone_unsaved(Service& service, const keys::DestructionState& saved, bool begun) {
  if (!begun || saved.step != keys::DestructionStep::prepared) return false;
  const auto there = service.hsm.attributes(saved.key.ref);
  if (there) return false;
  if (there.error().kind == ErrorKind::not_found) return true;
  return std::unexpected(there.error());
}

/// Intent and checkpoint: what is about to happen is remembered outside the database.
Status intend(Service& service, const OrderId& order, const HoldingId& holding) {
  const governance::Command begin{governance::House{"an approved order, every medium of it ended"},
                                  governance::BeginKeyDestruction{order, holding}};
  QUIETUS_TRY(committed, service.ledger.commit_or_deny(begin));
  crash_point(CrashPoint::kms_key_intent_committed);
  QUIETUS_CHECK(service.checkpointer.publish_over(committed.first_index));
  return {};
}

/// The irreversible act. What it rests on is decided, and in the ledger, while the token is held: waiting for
/// the token may have taken long, and a freeze that came meanwhile still counts.
Result<keys::DestructionState> destroy_now(Service& service, Ending& target, const HoldingId& holding,
                                           const std::optional<keys::DestructionState>& saved) {
  const OrderId order = target.record.order.id;
  bool gone = false;
  if (saved) {
    QUIETUS_TRY(found_gone, gone_unsaved(service, *saved, act_begun(service, order, holding)));
    gone = found_gone;
  }
  if (!gone) QUIETUS_CHECK(intend(service, order, holding));

  const auto nothing_else_writes = service.checkpointer.quiet();
  QUIETUS_TRY(hold, service.key_room.hold_token(target.key.id));
  const governance::BeginKeyAct act{order, holding, gone ? Target::gone : Target::there};
  QUIETUS_TRY(begun, service.ledger.commit_or_deny({governance::House{"the token is held"}, act}));
  crash_point(CrashPoint::kms_key_act_begun);
  // The act changed the record (when it began); read it again before it is cited.
  target.record = service.ledger.look([&](const governance::State& state) { return *state.find(order); });
  keys::KeyDestroyer destroyer(service.hsm, [&service] { return service.clock().now; });
  const auto in_window = [&](keys::DestructionState state) {  // found out late, it ended when the act began
    const auto* line = target.record.line(holding);
    if (state.destroyed > target.record.order.not_after) state.destroyed = line->acted;
    return state;
  };
  const auto save = [&, keep = save_destruction(service, holding)](const keys::DestructionState& state) {
    return keep(in_window(state));
  };
  QUIETUS_TRY(state,
              destroyer.destroy(hold, *begun.permit, target.key, target.created, saved, save, target.kind));
  return in_window(state);
}

}  // namespace

Result<std::optional<keys::DestructionState>> saved_destruction(Service& service, const HoldingId& holding) {
  QUIETUS_TRY(json, load_destruction(service.store, holding));
  if (!json) return std::optional<keys::DestructionState>{};
  QUIETUS_TRY(state, keys::destruction_state_from(*json));
  return std::optional<keys::DestructionState>(std::move(state));
}

keys::SaveState save_destruction(Service& service, const HoldingId& holding) {
  return [&service, holding](const keys::DestructionState& state) {
    return service.store.append({{}, {destruction_row(holding, keys::to_json(state))}});
  };
}

Status destroy_key(Service& service, const OrderId& order, const HoldingId& holding) {
  service.progress.set(holding, {"destroying key", 0, 1, 0, service.clock().now});
  QUIETUS_TRY(saved, saved_destruction(service, holding));
  QUIETUS_TRY(target, ending_of(service, order, holding, saved));
  if (!saved || saved->step == keys::DestructionStep::prepared) {
    QUIETUS_TRY(destroyed, destroy_now(service, target, holding, saved));
    saved = std::move(destroyed);
  }
  const auto nothing_else_writes = service.checkpointer.quiet();
  QUIETUS_TRY(hold, service.key_room.hold_token(target.key.id));
  keys::KeyDestroyer destroyer(service.hsm, [&service] { return service.clock().now; });
  QUIETUS_TRY(proven, destroyer.prove(hold, *saved, save_destruction(service, holding), service.prober));
  proven.releases = target.releases;
  QUIETUS_CHECK(complete(service, target, holding, proven));
  service.progress.set(holding, {"certifying", 1, 1, 0, service.clock().now});
  log(LogLevel::info, "key destroyed and shown gone",
      {{"key", target.key.id.text()}, {"holding", holding.text()}});
  return {};
}

bool awaits_proof(Service& service, const OrderId& order, const HoldingId& holding) {
  const auto saved = saved_destruction(service, holding);
  if (!saved || !*saved) return false;
  if ((*saved)->step != keys::DestructionStep::prepared) return true;
  const auto gone = gone_unsaved(service, **saved, act_begun(service, order, holding));
  return !gone || *gone;  // a token that does not answer: nothing is given up
}

Status owe_open_destructions(Service& service) {
  std::vector<HoldingId> ending;
  service.ledger.look([&](const governance::State& state) {
    for (const auto& [id, holding] : state.holdings) {
      const bool key = holding.kind == HoldingKind::record_set;
      if (key && holding.state == governance::HoldingState::ending) ending.push_back(id);
    }
  });
  for (const auto& holding : ending) {
    QUIETUS_TRY(saved, saved_destruction(service, holding));
    if (saved && saved->step < keys::DestructionStep::shown_gone) service.key_room.owe_proof(saved->key.id);
  }
  return {};
}

void forget_debt(Service& service, const HoldingId& holding) {
  const auto saved = saved_destruction(service, holding);
  if (!saved || !*saved) return;
  const auto hold = service.key_room.hold_token((*saved)->key.id);
  if (hold) hold->settle();
}

Result<KeyDestruction> shown_destruction(Service& service, const HoldingId& holding) {
  QUIETUS_TRY(saved, saved_destruction(service, holding));
  if (!saved)
    return fail(ErrorKind::conflict, "the destruction of " + holding.text() + " has left no record");
  auto releases =
      service.ledger.look([&](const governance::State& state) { return state.find(holding)->releases; });
  return evidence_with_releases(*saved, std::move(releases));
}

}  // namespace quietus::service
