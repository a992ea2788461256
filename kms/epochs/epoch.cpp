#include "kms/epochs/epoch.hpp"

#include <algorithm>

#include "base/crash_point.hpp"
#include "base/crypto.hpp"
#include "base/side_by_side.hpp"
#include "kms/epochs/receipts.hpp"
#include "kms/keys/canary.hpp"

namespace quietus::epochs {

namespace {

bool is_not_found(const Error& error) { return error.kind == ErrorKind::not_found; }

Status check_deletion(const Deletion& deletion) {
  if (deletion.numbers.size() > Domain::kMaxDeletion)
    return fail(ErrorKind::invalid_input, "an epoch takes at most 1,000,000 keys away");
  if (std::ranges::adjacent_find(deletion.numbers, std::ranges::greater_equal{}) != deletion.numbers.end())
    return fail(ErrorKind::invalid_input, "the numbers of a deletion are sorted, each once");
  return {};
}

}  // namespace

Result<KeyId> root_key_id(const KeyringId& keyring) {
  if (keyring.text().size() > kMaxKeyringIdBytes)
    return fail(ErrorKind::invalid_input, "the id of a keyring has at most 48 characters");
  return KeyId::parse("keyring." + keyring.text());
}

std::string root_label(const KeyringId& keyring, std::uint64_t epoch) {
  return "keyring." + keyring.text() + "." + std::to_string(epoch);
}

Status EpochEngine::check_hold(const keys::TokenHold& hold) const {
  QUIETUS_TRY(key, root_key_id(domain_.id()));
  if (hold.key() == key) return {};
  return fail(ErrorKind::invalid_input, "the token is held for another key");
}

Status EpochEngine::save(const EpochState& state, std::vector<Row> with) {
  const std::string text = to_json(state).write();
  with.push_back({"epochs", state_key(state.keyring, state.next.epoch), to_bytes(text)});
  return store_.append({{}, std::move(with)});
}

Result<std::optional<EpochState>> EpochEngine::open_epoch() {
  const Root root = domain_.root();
  QUIETUS_TRY(ahead, load_state(store_, domain_.id(), root.epoch + 1));
  if (ahead && ahead->from != root)
    return fail(ErrorKind::corrupt, "an epoch of keyring " + domain_.id().text() + " begins at another root");
  if (ahead) return std::move(ahead);
  QUIETUS_TRY(current, load_state(store_, domain_.id(), root.epoch));
  if (!current || current->phase == EpochPhase::done) return std::optional<EpochState>{};
  if (current->phase < EpochPhase::committed || current->next != root)
    return fail(ErrorKind::corrupt,
                "keyring " + domain_.id().text() + " is at an epoch that is not committed");
  return std::move(current);
}

Result<EpochState> EpochEngine::begin(const Deletion& deletion) {
  QUIETUS_CHECK(domain_.close(deletion));
  EpochState state;
  state.keyring = domain_.id();
  state.key_class = key_class_;
  state.from = domain_.root();
  state.next.epoch = state.from.epoch + 1;
  state.next_label = root_label(state.keyring, state.next.epoch);
  state.deleted = deletion.numbers.size();
  state.numbers = numbers_digest(deletion.numbers);
  state.begun = clock_();
  const Receipts receipts{random_digest(), deletion.numbers};
  QUIETUS_CHECK(save(state, {{"receipts", receipts_key(state.keyring, state.next.epoch), encode(receipts)}}));
  crash_point(CrashPoint::kms_epoch_intent);
  return state;
}

/// A root that could be copied could never be shown to be gone: better to find out now than at its end.
Result<HsmKeyRef> EpochEngine::make_next_root(const EpochState& state) {
  QUIETUS_TRY(ref, domain_.make_root(state.next_label));
  crash_point(CrashPoint::kms_epoch_root_made);
  QUIETUS_TRY(attributes, hsm_.attributes(ref));
  QUIETUS_CHECK(keys::check_never_left(attributes));
  if (attributes.label != state.next_label)
    return fail(ErrorKind::hsm, "the token does not label a key as it was told");
  return ref;
}

/// The token shows that everybody opens under the next root, of the bytes that are to be stored, while they
/// are stored and read back; verify() then sees that they are the same.
Result<EpochState> EpochEngine::move(EpochState state, const Deletion& deletion) {
  QUIETUS_TRY(ref, make_next_root(state));
  state.next.ref = ref;
  state.next.created = clock_();
  QUIETUS_TRY(rows, domain_.prepare(state.next, deletion));
  state.phase = EpochPhase::prepared;
  std::unique_ptr<DurableRows> durable;
  const auto store_them = [&]() -> Status {
    QUIETUS_CHECK(hsm_.sync());  // the next root, before anything says that it is there
    QUIETUS_CHECK(save(state, std::move(rows)));
    crash_point(CrashPoint::kms_epoch_prepared);
    QUIETUS_TRY(back, store_.read_back());
    durable = std::move(back);
    return {};
  };
  QUIETUS_CHECK(side_by_side(store_them, [&] { return domain_.check_prepared(state.next, deletion); }));
  QUIETUS_TRY(survivors, domain_.verify(state.next, deletion, *durable));
  state.survivors = survivors;
  crash_point(CrashPoint::kms_epoch_verified);
  return state;
}

/// While that becomes durable, and is looked for, the token makes ready what will show the old root gone.
/// Nothing of it is of use before, or hurts if the commit is not to be: the canary is removed again.
Result<EpochState> EpochEngine::commit(const keys::TokenHold& hold, EpochState state) {
  QUIETUS_TRY(current, domain_.commit(state.next));
  state.phase = EpochPhase::committed;
  state.committed = clock_();
  const auto store_it = [&]() -> Status {
    QUIETUS_CHECK(save(state, std::move(current)));
    crash_point(CrashPoint::kms_epoch_committed);
    return check_durably_committed(state);
  };
  std::optional<keys::DestructionState> prepared;
  const auto prepare = [&]() -> Status {
    QUIETUS_TRY(made, prepare_destruction(hold, state));
    prepared = std::move(made);
    return {};
  };
  QUIETUS_CHECK(side_by_side(store_it, prepare));
  state.destruction = std::move(prepared);
  return state;
}

Result<EpochState> EpochEngine::destroy(const keys::TokenHold& hold, const Permit& permit,
                                        const Deletion& deletion, const BeforeDestroy& before_destroy) {
  QUIETUS_CHECK(check_hold(hold));
  QUIETUS_CHECK(check_deletion(deletion));
  QUIETUS_TRY(open, open_epoch());
  if (open && open->phase >= EpochPhase::committed)
    return fail(ErrorKind::conflict, "an epoch of keyring " + domain_.id().text() + " is not done yet",
                "resume it first");
  if (open) QUIETUS_CHECK(roll_back(*open));
  QUIETUS_CHECK(permit.use(kEpochVerb, domain_.id().text(), clock_()));
  auto state = begin(deletion);
  if (state) state = move(std::move(*state), deletion);
  if (state) state = commit(hold, std::move(*state));
  if (!state) {
    give_up_if_possible();
    return std::unexpected(state.error());
  }
  return destroy_old_root(hold, permit, std::move(*state), before_destroy);
}

// An append that failed may have had its effect: only what the store says now decides. Where that cannot be
// had, the domain stays closed until resume().
void EpochEngine::give_up_if_possible() {
  const auto open = open_epoch();
  if (open && !*open) domain_.give_up();
  if (open && *open && (*open)->phase < EpochPhase::committed) static_cast<void>(roll_back(**open));
}

Status EpochEngine::destroy_next_roots(const EpochState& state) {
  QUIETUS_TRY(id, root_key_id(state.keyring));
  const std::string canary = keys::canary_label(id);
  const auto is_of_it = [&](const HsmObject& object) {
    return object.label == state.next_label || object.label == canary;
  };
  for (int look = 0; look < 2; ++look) {  // the second census shows that the first one's objects are gone
    QUIETUS_TRY(census, hsm_.census());
    bool found = false;
    for (const HsmObject& object : census) {
      HsmKeyRef ref;
      if (!is_of_it(object) || object.cka_id.size() != ref.cka_id.size()) continue;
      std::ranges::copy(object.cka_id, ref.cka_id.begin());
      found = true;
      if (const Status gone = hsm_.destroy(ref); !gone && !is_not_found(gone.error())) return gone;
    }
    if (!found) return {};
  }
  QUIETUS_TRY(census, hsm_.census());
  if (std::ranges::none_of(census, is_of_it)) return {};
  return fail(ErrorKind::hsm, "the token keeps a root or a canary that was never used");
}

/// An append that failed is settled by one that succeeds, and by nothing else: until then the disk may still
/// give it back after a restart. The next root must not be destroyed while a commit may come true that needs
/// it.
Status EpochEngine::settle_uncommitted(const EpochState& state) {
  QUIETUS_CHECK(save(state));
  QUIETUS_TRY(durable, store_.read_back());
  QUIETUS_TRY(kept, load_state(*durable, state.keyring, state.next.epoch));
  if (kept && kept->phase < EpochPhase::committed) return {};
  return fail(ErrorKind::corrupt, "the store does not keep what is written to it");
}

Status EpochEngine::roll_back(const EpochState& state) {
  crash_point(CrashPoint::kms_epoch_rolling_back);
  QUIETUS_CHECK(settle_uncommitted(state));
  const auto current = hsm_.attributes(state.from.ref);
  if (!current && is_not_found(current.error()))
    return fail(
        ErrorKind::corrupt,
        "the root of keyring " + domain_.id().text() + " is not on the token: the store is older than it",
        "do not destroy anything; restore the newest copy of the store");
  if (!current) return std::unexpected(current.error());
  QUIETUS_TRY(rows,
              domain_.leftovers());  // first: it refuses when the store is at another epoch than the domain
  QUIETUS_CHECK(destroy_next_roots(state));
  crash_point(CrashPoint::kms_epoch_next_root_removed);
  rows.push_back({"epochs", state_key(state.keyring, state.next.epoch), {}});
  rows.push_back({"receipts", receipts_key(state.keyring, state.next.epoch), {}});
  QUIETUS_CHECK(store_.append({{}, std::move(rows)}));
  crash_point(CrashPoint::kms_epoch_rolled_back);
  domain_.give_up();
  return {};
}

}  // namespace quietus::epochs
