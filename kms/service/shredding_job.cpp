#include "kms/service/shredding_job.hpp"

#include "base/crypto.hpp"
#include "base/log.hpp"
#include "kms/epochs/receipts.hpp"
#include "kms/service/certificate_input.hpp"
#include "kms/service/key_destruction_job.hpp"
#include "kms/service/records.hpp"
#include "proof/certificate.hpp"
#include "proof/key_receipt.hpp"
#include "proof/keyring_shredding.hpp"

namespace quietus::service {
namespace {

using governance::House;
using governance::Target;

constexpr const char* kCause = "keys of a keyring are due, or an approved order names them";

struct Job {
  governance::Keyring ring;
  std::optional<OrderId> order;
  bool whole = false;  ///< the order ends the keyring itself
};

Result<Job> job_of(Service& service, const KeyringId& keyring, const std::optional<OrderId>& order) {
  return service.ledger.look([&](const governance::State& state) -> Result<Job> {
    const auto* ring = state.find(keyring);
    if (ring == nullptr) return fail(ErrorKind::not_found, "there is no keyring " + keyring.text());
    Job job{*ring, order, false};
    if (!order) return job;
    const auto* record = state.find(*order);
    const auto* line = record == nullptr ? nullptr : record->ordered(ring->holding);
    if (line == nullptr)
      return fail(ErrorKind::not_found, "the order does not name keyring " + keyring.text());
    job.whole = !line->keys;
    return job;
  });
}

/// Intent, and a checkpoint that the token remembers before anything is destroyed: also when an earlier
/// attempt wrote the intent and got no further.
Status begin(Service& service, Job& job) {
  if (!job.ring.shredding) {
    QUIETUS_CHECK(
        service.ledger.commit_or_deny({House{kCause}, governance::BeginShredding{job.ring.id, job.order}}));
    QUIETUS_TRY(again, job_of(service, job.ring.id, job.order));
    job = std::move(again);
  }
  if (job.ring.shredding->acted_index == 0) QUIETUS_CHECK(service.checkpointer.publish());
  return {};
}

Result<Permit> begin_act(Service& service, const Job& job, const HsmKeyRef& old_root) {
  const auto alive = service.hsm.attributes(old_root);
  if (!alive && alive.error().kind != ErrorKind::not_found) return std::unexpected(alive.error());
  const governance::BeginShreddingAct act{job.ring.id, alive ? Target::there : Target::gone};
  QUIETUS_TRY(committed, service.ledger.commit_or_deny({House{kCause}, act}));
  return std::move(*committed.permit);
}

/// Under which epoch the salts of a keyring's destroyed keys are kept, also when no epoch follows.
std::uint64_t receipts_epoch(const Job& job) { return job.ring.epoch + 1; }

Result<Digest> receipts_root(Service& service, const Job& job) {
  QUIETUS_TRY(kept, epochs::load_receipts(service.store, job.ring.id, receipts_epoch(job)));
  QUIETUS_TRY(receipts, proof::KeyReceipts::make(job.ring.id, epochs::salted_numbers(kept)));
  return receipts.root();
}

KeyringShredding shown_by(const epochs::EpochEvidence& evidence) {
  KeyringShredding shown;
  shown.keyring = evidence.keyring;
  shown.key_class = evidence.key_class;
  shown.from_epoch = evidence.from_epoch;
  shown.to_epoch = evidence.to_epoch;
  shown.destroyed = evidence.destroyed;
  shown.survivors_verified = evidence.survivors_verified;
  shown.numbers = evidence.numbers;
  shown.begun = evidence.begun;
  shown.committed = evidence.committed;
  shown.root = evidence.root;
  return shown;
}

/// Some keys go, the others move under a new root.
Result<KeyringShredding> run_epoch(Service& service, const Job& job) {
  QUIETUS_TRY(open, service.keyrings.find(job.ring.id));
  epochs::Domain& domain = open->domain();
  epochs::EpochEngine engine(service.hsm, service.store, domain, job.ring.key_class,
                             [&service] { return service.clock().now; });
  // The permits of these keys ended when the intent was committed, and adopt() waits for uses under way.
  const epochs::BeforeDestroy leases_ended = [](const KeyringId&) { return Status{}; };
  QUIETUS_TRY(root_key, epochs::root_key_id(job.ring.id));
  const auto nothing_else_writes = service.checkpointer.quiet();
  QUIETUS_TRY(hold, service.key_room.hold_token(root_key));
  QUIETUS_TRY(under_way, engine.open_epoch());
  const bool committed = domain.root().epoch > job.ring.epoch;
  if (!committed) {
    QUIETUS_TRY(permit, begin_act(service, job, domain.root().ref));
    const epochs::Deletion deletion{job.ring.shredding->numbers.numbers()};
    QUIETUS_CHECK(engine.destroy(hold, permit, deletion, leases_ended));
  } else if (under_way) {
    QUIETUS_TRY(permit, begin_act(service, job, under_way->from.ref));
    QUIETUS_CHECK(engine.resume(hold, permit, leases_ended));
  } else {  // shown, and the ledger was not told
    QUIETUS_TRY(state, epochs::load_state(service.store, job.ring.id, domain.root().epoch));
    if (!state)
      return fail(ErrorKind::corrupt, "an epoch of keyring " + job.ring.id.text() + " left no record");
    QUIETUS_TRY(evidence, epochs::evidence_of(*state));
    return shown_by(evidence);
  }
  QUIETUS_TRY(evidence, engine.prove(hold, service.prober));
  return shown_by(evidence);
}

Status keep_salts(Service& service, const Job& job) {
  const epochs::Receipts receipts{random_digest(), job.ring.shredding->numbers.numbers()};
  return service.store.append(
      {{}, {{"receipts", epochs::receipts_key(job.ring.id, receipts_epoch(job)), epochs::encode(receipts)}}});
}

/// Rows and keys on the token that nothing needs any more once the last root is shown to be gone.
Status remove_remains(Service& service, const Job& job) {
  if (job.ring.key_class == KeyClass::wrapped)
    return keyrings::Keyring::remove_remains(service.hsm, service.store, job.ring.id);
  QUIETUS_TRY(rows, records::RecordTable::remains(service.store, job.ring.id));
  return service.store.append({{}, std::move(rows)});
}

/// All of it goes: its root is destroyed, and there is no other.
Result<KeyringShredding> end_keyring(Service& service, const Job& job) {
  const HoldingId& holding = job.ring.holding;
  QUIETUS_TRY(saved, saved_destruction(service, holding));
  keys::KeyRef root;
  UnixMs created;
  if (saved) {
    root = saved->key;
    created = saved->created;
  } else {
    QUIETUS_TRY(open, service.keyrings.find(job.ring.id));
    QUIETUS_TRY(root_key, epochs::root_key_id(job.ring.id));
    root = {root_key, open->domain().root().ref};
    created = open->domain().root().created;
  }
  const auto nothing_else_writes = service.checkpointer.quiet();
  QUIETUS_TRY(hold, service.key_room.hold_token(root.id));
  keys::KeyDestroyer destroyer(service.hsm, [&service] { return service.clock().now; });
  if (!saved) QUIETUS_CHECK(keep_salts(service, job));
  if (!saved || saved->step == keys::DestructionStep::prepared) {
    QUIETUS_TRY(permit, begin_act(service, job, root.ref));
    QUIETUS_CHECK(permit.use(Verb::destroy, job.ring.id.text(), service.clock().now));
    const auto kind =
        job.ring.key_class == KeyClass::wrapped ? keys::KeyKind::wrapping : keys::KeyKind::cipher;
    QUIETUS_TRY(destroyed, destroyer.destroy_root(hold, {permit, Verb::destroy, job.ring.id.text()}, root,
                                                  kind, created, saved, save_destruction(service, holding)));
    saved = std::move(destroyed);
  }
  service.keyrings.end(job.ring.id);
  QUIETUS_TRY(proven, destroyer.prove(hold, *saved, save_destruction(service, holding), service.prober));
  KeyringShredding shown;
  shown.keyring = job.ring.id;
  shown.key_class = job.ring.key_class;
  shown.from_epoch = job.ring.epoch;
  shown.destroyed = job.ring.shredding->numbers.count();
  shown.numbers = numbers_digest(job.ring.shredding->numbers.numbers());
  shown.begun = job.ring.shredding->begun;
  shown.committed = proven.destroyed;
  shown.root = std::move(proven);
  return shown;
}

/// With what only the ledger and the salts know.
Status add_context(Service& service, const Job& job, KeyringShredding& shown) {
  QUIETUS_TRY(root, receipts_root(service, job));
  shown.receipts = root;
  service.ledger.look([&](const governance::State& state) {
    shown.releases = state.find(job.ring.holding)->releases;
    const auto* line = job.order ? state.find(*job.order)->ordered(job.ring.holding) : nullptr;
    if (line != nullptr && line->keys) shown.ended_before = *line->keys - job.ring.shredding->numbers;
  });
  return {};
}

governance::ShreddingShown facts_of(const Job& job, const KeyringShredding& shown) {
  const std::uint64_t stay = job.ring.living().count() - job.ring.shredding->numbers.count();
  governance::ShreddingShown facts;
  facts.old_root_found = shown.root.target_found;
  facts.deleted_opens = shown.root.target_sample_opens;
  facts.survivors_open = shown.survivors_verified == stay;  // opened, each of them, under the new root
  facts.canary_found_and_opens = shown.root.canary_found_and_opens;
  facts.census_differs_by_root_only = shown.root.census_differs_by_target_only;
  facts.token_synced = shown.root.token_synced;
  return facts;
}

Result<CertificateInput> input_of(Service& service, const Job& job, const KeyringShredding& shown) {
  if (!job.order)
    return scheduled_certificate_input(service, shown, job.ring.causes_of(job.ring.shredding->numbers));
  const auto record =
      service.ledger.look([&](const governance::State& state) { return *state.find(*job.order); });
  return keyring_certificate_input(service, record, job.ring.holding, shown);
}

Status complete(Service& service, const Job& job, const KeyringShredding& shown) {
  governance::CompleteShredding command;
  command.keyring = job.ring.id;
  command.to_epoch = shown.to_epoch;
  command.destroyed = shown.destroyed;
  command.survivors = shown.survivors_verified;
  command.shown = facts_of(job, shown);
  command.evidence_digest = sha256(proof::to_json(shown).write());
  QUIETUS_TRY(input, input_of(service, job, shown));
  QUIETUS_TRY(detail, proof::completion_detail(input));
  command.detail = std::move(detail);
  command.waivers = input.waivers->size();
  if (input.schedule) command.pack = input.schedule->rule_pack;
  const CertifiedLine line{job.ring.holding, job.order.value_or(OrderId()), job.order ? 0 : job.ring.epoch};
  std::vector<Row> rows{shredding_row(line, proof::to_json(shown))};
  QUIETUS_CHECK(
      service.ledger.commit_or_deny({House{"the keys were shown to be gone"}, command}, std::move(rows)));
  log(LogLevel::info, "keys destroyed and shown gone",
      {{"keyring", job.ring.id.text()}, {"keys", shown.destroyed}, {"survivors", shown.survivors_verified}});
  return {};
}

}  // namespace

Status shred(Service& service, const KeyringId& keyring, const std::optional<OrderId>& order) {
  QUIETUS_TRY(job, job_of(service, keyring, order));
  QUIETUS_CHECK(begin(service, job));
  QUIETUS_TRY(shown, job.whole ? end_keyring(service, job) : run_epoch(service, job));
  QUIETUS_CHECK(add_context(service, job, shown));
  if (job.whole)
    QUIETUS_CHECK(remove_remains(service, job));  // before it is complete: nobody comes back after that
  return complete(service, job, shown);
}

bool shredding_has_acted(Service& service, const KeyringId& keyring) {
  return service.ledger.look([&](const governance::State& state) {
    const auto* ring = state.find(keyring);
    return ring != nullptr && ring->shredding && ring->shredding->acted_index > 0;
  });
}

void forget_epoch_debt(Service& service, const KeyringId& keyring) {
  const auto root_key = epochs::root_key_id(keyring);
  if (!root_key) return;
  if (const auto hold = service.key_room.hold_token(*root_key)) hold->settle();
}

Status owe_open_epochs(Service& service) {
  const auto open = service.ledger.look([](const governance::State& state) {
    std::vector<governance::Keyring> rings;
    for (const auto& [id, ring] : state.keyrings)
      if (ring.shredding && ring.shredding->acted_index > 0) rings.push_back(ring);
    return rings;
  });
  for (const auto& ring : open) {
    QUIETUS_TRY(root_key, epochs::root_key_id(ring.id));
    QUIETUS_TRY(saved, saved_destruction(service, ring.holding));
    QUIETUS_TRY(state, epochs::load_state(service.store, ring.id, ring.epoch + 1));
    const auto& destruction = state && state->destruction ? state->destruction : saved;
    if (destruction && destruction->step < keys::DestructionStep::shown_gone)
      service.key_room.owe_proof(root_key);
  }
  return {};
}

Result<KeyringShredding> shown_shredding(Service& service, const CertifiedLine& line) {
  QUIETUS_TRY(json, load_shredding(service.store, line));
  if (!json)
    return fail(ErrorKind::conflict, "the destruction of " + line.holding.text() + " has left no record");
  return proof::keyring_shredding_from_json(*json);
}

}  // namespace quietus::service
