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

struct Target {
  governance::OrderRecord record;
  keys::KeyRef key;
  UnixMs created;
  std::vector<KeyRelease> releases;
};

Result<std::optional<keys::DestructionState>> saved_state(Service& service, const HoldingId& holding) {
  QUIETUS_TRY(json, load_destruction(service.store, holding));
  if (!json) return std::optional<keys::DestructionState>{};
  QUIETUS_TRY(state, keys::destruction_state_from(*json));
  return std::optional<keys::DestructionState>(std::move(state));
}

/// With what only the ledger knows: who got data keys in clear.
Result<KeyDestruction> evidence_with_releases(const keys::DestructionState& state,
                                              std::vector<KeyRelease> releases) {
  QUIETUS_TRY(shown, keys::evidence_of(state));
  shown.releases = std::move(releases);
  return shown;
}

Result<Target> target_of(Service& service, const OrderId& order, const HoldingId& holding,
                         const std::optional<keys::DestructionState>& saved) {
  Target target;
  service.ledger.look([&](const governance::State& state) {
    target.record = *state.find(order);
    const auto* found = state.find(holding);
    target.key.id = found->key;
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

Status complete(Service& service, const Target& target, const HoldingId& holding,
                const KeyDestruction& shown) {
  QUIETUS_TRY(input, key_certificate_input(service, target.record, holding, shown));
  QUIETUS_TRY(detail, proof::completion_detail(input));
  governance::CompleteKeyDestruction command{target.record.order.id, holding, shown, sha256(detail.write()),
                                             detail};
  QUIETUS_CHECK(service.ledger.commit_or_deny({governance::House{"the key was shown to be gone"}, command}));
  crash_point(CrashPoint::kms_key_completed);
  return {};
}

}  // namespace

namespace {

keys::SaveState saver(Service& service, const HoldingId& holding) {
  return [&service, holding](const keys::DestructionState& state) {
    return service.store.append({{}, {destruction_row(holding, keys::to_json(state))}});
  };
}

/// Intent, checkpoint, and the irreversible act.
Result<keys::DestructionState> destroy_now(Service& service, Target& target, const HoldingId& holding,
                                           const std::optional<keys::DestructionState>& saved) {
  const OrderId order = target.record.order.id;
  const governance::Command begin{governance::House{"an approved order, every medium of it ended"},
                                  governance::BeginKeyDestruction{order, holding}};
  QUIETUS_TRY(intent, service.ledger.commit_or_deny(begin));
  crash_point(CrashPoint::kms_key_intent_committed);
  // Write-ahead: the intent is in a checkpoint that the token remembers before anything is destroyed.
  QUIETUS_CHECK(service.checkpointer.publish());
  // The intent changed the record (when it began); read it again before it is cited.
  target.record = service.ledger.look([&](const governance::State& state) { return *state.find(order); });

  const auto nothing_else_writes = service.checkpointer.quiet();
  QUIETUS_TRY(hold, service.key_room.hold_token(target.key.id));
  // Waiting may have taken long: a freeze that came meanwhile still counts.
  const auto now = service.ledger.may(nullptr, Verb::destroy, &holding, &target.record.order.case_id);
  if (!now.permitted) return fail(ErrorKind::denied, now.why());
  keys::KeyDestroyer destroyer(service.hsm, [&service] { return service.clock().now; });
  return destroyer.destroy(hold, *intent.permit, target.key, target.created, saved, saver(service, holding));
}

}  // namespace

Status destroy_key(Service& service, const OrderId& order, const HoldingId& holding) {
  service.progress.set(holding, {"destroying key", 0, 1, 0, service.clock().now});
  QUIETUS_TRY(saved, saved_state(service, holding));
  QUIETUS_TRY(target, target_of(service, order, holding, saved));
  if (!saved || saved->step == keys::DestructionStep::prepared) {
    QUIETUS_TRY(destroyed, destroy_now(service, target, holding, saved));
    saved = std::move(destroyed);
  }
  const auto nothing_else_writes = service.checkpointer.quiet();
  QUIETUS_TRY(hold, service.key_room.hold_token(target.key.id));
  keys::KeyDestroyer destroyer(service.hsm, [&service] { return service.clock().now; });
  QUIETUS_TRY(proven, destroyer.prove(hold, *saved, saver(service, holding), service.prober));
  proven.releases = target.releases;
  QUIETUS_CHECK(complete(service, target, holding, proven));
  service.progress.set(holding, {"certifying", 1, 1, 0, service.clock().now});
  log(LogLevel::info, "key destroyed and shown gone",
      {{"key", target.key.id.text()}, {"holding", holding.text()}});
  return {};
}

bool awaits_proof(Service& service, const HoldingId& holding) {
  const auto saved = saved_state(service, holding);
  return saved && *saved && (*saved)->step != keys::DestructionStep::prepared;
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
    QUIETUS_TRY(saved, saved_state(service, holding));
    if (saved && saved->step < keys::DestructionStep::shown_gone) service.key_room.owe_proof(saved->key.id);
  }
  return {};
}

void forget_debt(Service& service, const HoldingId& holding) {
  const auto saved = saved_state(service, holding);
  if (!saved || !*saved) return;
  const auto hold = service.key_room.hold_token((*saved)->key.id);
  if (hold) hold->settle();
}

Result<KeyDestruction> shown_destruction(Service& service, const HoldingId& holding) {
  QUIETUS_TRY(saved, saved_state(service, holding));
  if (!saved)
    return fail(ErrorKind::conflict, "the destruction of " + holding.text() + " has left no record");
  auto releases =
      service.ledger.look([&](const governance::State& state) { return state.find(holding)->releases; });
  return evidence_with_releases(*saved, std::move(releases));
}

}  // namespace quietus::service
