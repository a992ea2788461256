#include <algorithm>

#include "governance/deliberation.hpp"
#include "governance/may.hpp"

namespace quietus::governance {
namespace {

UnixMs next_minute(UnixMs at) { return {(at.value + kMinuteMs - 1) / kMinuteMs * kMinuteMs}; }

}  // namespace

const Keyring* Deliberation::ask_keyring(Verb verb, const KeyringId& id) {
  const Keyring* ring = state_.find(id);
  if (judgement_.require(ring != nullptr, RuleId::known, "keyring " + id.text()))
    ask(verb, &ring->holding, nullptr);
  return ring;
}

void Deliberation::need_numbers(const KeyRanges& numbers) {
  const bool good = !numbers.empty() && numbers.count() <= kMaxKeysAtOnce &&
                    numbers.ranges().size() <= KeyRanges::kMaxTextRanges;
  judgement_.require(good, RuleId::bounds,
                     "1 to " + std::to_string(kMaxKeysAtOnce) + " keys in at most " +
                         std::to_string(KeyRanges::kMaxTextRanges) + " ranges");
}

void Deliberation::need_in(const KeyRanges& where, const KeyRanges& numbers, const KeyringId& keyring) {
  need_numbers(numbers);
  if (where.contains(numbers)) return;
  const auto wrong = (numbers - where).ranges().front().first;
  const auto state = state_.find(keyring)->state_of({wrong});
  judgement_.refuse(RuleId::key_state,
                    key_text(keyring, {wrong}) + " is " +
                        (state ? std::string(to_string(*state)) : std::string("not there")));
}

void Deliberation::need_unordered(const Keyring& ring, const KeyRanges& numbers) {
  judgement_.require(!state_.ordered(ring).intersects(numbers), RuleId::ordered_key, ring.id.text());
}

void Deliberation::operator()(const CreateKeyring& c) {
  ask(Verb::seal, &c.holding, nullptr);
  const Holding* holding = state_.find(c.holding);
  if (!need_person() || holding == nullptr) return;
  const bool free = !holding->has_key() && holding->state == HoldingState::declared;
  judgement_.require(free, RuleId::one_key, c.holding.text());
  const std::string& text = c.keyring.text();
  const auto taken = state_.keys.lower_bound(KeyId::parse(text + ".").value_or(KeyId()));
  const bool names_keys = taken != state_.keys.end() && taken->first.text().starts_with(text + ".");
  judgement_.require(!text.empty() && !key_id_taken(text) && !names_keys && state_.find(c.keyring) == nullptr,
                     RuleId::fresh_id, "keyring " + text);
  judgement_.require(text.size() <= kMaxKeyringIdBytes && c.key_class != KeyClass::device, RuleId::bounds,
                     "a keyring is of class wrapped or record, its id has at most " +
                         std::to_string(kMaxKeyringIdBytes) + " characters");
  happen(KeyringCreated{c.holding, c.keyring, c.key_class});
  grant(Verb::seal, c.holding, text, 1);
}

void Deliberation::operator()(const AddKeys& c) {
  const Keyring* ring = ask_keyring(Verb::seal, c.keyring);
  if (!need_person() || ring == nullptr) return;
  const std::uint64_t numbers = kMaxKeyNumber + 1 - ring->next_number;
  const std::uint64_t living = ring->living().count();
  const bool fits = c.count >= 1 && c.count <= numbers &&
                    (ring->key_class == KeyClass::record || living + c.count <= kMaxWrappedKeys);
  judgement_.require(fits, RuleId::bounds, "the keyring has no room for so many keys");
  const bool begins = c.state == KeyState::active || c.state == KeyState::pre_active;
  judgement_.require(begins, RuleId::bounds, "a key begins active or pre_active");
  happen(KeysAdded{c.keyring, c.origin, ring->next_number, c.count, c.purpose, c.state});
  grant(Verb::seal, ring->holding, c.keyring.text(), c.count);
}

void Deliberation::operator()(const RotateKeys& c) {
  const Keyring* ring = ask_keyring(Verb::seal, c.keyring);
  if (!need_person() || ring == nullptr) return;
  judgement_.require(ring->key_class == KeyClass::wrapped, RuleId::bounds,
                     "a record has one version: make another record");
  need_in(ring->in(KeyState::active), c.numbers, c.keyring);
  need_unordered(*ring, c.numbers);
  happen(KeysRotated{c.keyring, c.numbers});
  grant(Verb::seal, ring->holding, c.keyring.text(), c.numbers.count());
}

void Deliberation::operator()(const ChangeKeys& c) {
  const Keyring* ring = ask_keyring(verb_of(c.change), c.keyring);
  if (!need_person() || ring == nullptr) return;
  need_text(c.reason, kMaxReasonBytes, "the reason");
  need_in(ring->changeable(c.change), c.numbers, c.keyring);
  happen(KeysChanged{c.keyring, c.numbers, c.change, c.reason});
}

void Deliberation::operator()(const ScheduleDestruction& c) {
  const Keyring* ring = ask_keyring(Verb::schedule_destruction, c.keyring);
  if (!need_person() || ring == nullptr) return;
  need_text(c.reason, kMaxReasonBytes, "the reason");
  need_in(ring->untouched(), c.numbers, c.keyring);
  need_unordered(*ring, c.numbers);
  need_some_left(*ring, c.numbers);
  const std::int64_t waiting = std::int64_t{pack_.waiting_period_hours} * 60 * kMinuteMs;
  const bool late_enough = c.due >= clock_.now + waiting;
  judgement_.require(late_enough, RuleId::waiting_period,
                     std::to_string(pack_.waiting_period_hours) + " hours");
  const bool bounded = c.due <= clock_.now + kLatestScheduleMs;
  judgement_.require(bounded, RuleId::bounds, "a destruction is due within a year");
  happen(DestructionScheduled{c.keyring, c.numbers, bounded ? next_minute(c.due) : c.due, c.reason});
}

void Deliberation::operator()(const CancelDestruction& c) {
  const Keyring* ring = ask_keyring(Verb::cancel_destruction, c.keyring);
  if (!need_person() || ring == nullptr) return;
  need_text(c.reason, kMaxReasonBytes, "the reason");
  need_in(ring->in(KeyState::destroy_scheduled), c.numbers, c.keyring);
  happen(DestructionCancelled{c.keyring, c.numbers, c.reason});
}

void Deliberation::operator()(const ReserveUses& c) {
  const bool uses = c.verb == Verb::seal || c.verb == Verb::open || c.verb == Verb::release_data_key;
  judgement_.require(uses && c.uses >= 1 && c.uses <= kMaxReservedUses, RuleId::bounds,
                     "1 to " + std::to_string(kMaxReservedUses) + " uses to seal, open or release");
  if (!need_person()) return;
  if (const auto* key = std::get_if<KeyId>(&c.of)) {
    judgement_.require(!c.number, RuleId::bounds, "a device key has no number");
    reserve_of_device(c, *key);
  } else {
    reserve_of_keyring(c, std::get<KeyringId>(c.of));
  }
}

void Deliberation::reserve_of_device(const ReserveUses& c, const KeyId& key) {
  const auto found = state_.keys.find(key);
  if (!judgement_.require(found != state_.keys.end(), RuleId::known, "key " + key.text())) return;
  ask(c.verb, &found->second, nullptr);
  need_purpose(key, state_.find(found->second)->key_algorithm, c.purpose);
  need_uses_left(c, *state_.find(found->second));
  happen(KeyUsesReserved{found->second, key.text(), c.verb, c.uses, false});
  grant(c.verb, found->second, key.text(), c.uses);
}

/// One key never seals more than its holding does, and AES-GCM with random IVs bears 2^32 texts under one key
/// (NIST SP 800-38D §8.3). Keys of class `wrapped` are counted one by one where they are (kms/keyrings).
void Deliberation::need_uses_left(const ReserveUses& c, const Holding& holding) {
  if (c.verb != Verb::seal) return;
  const auto reserved = holding.reserved_uses.find(Verb::seal);
  const std::uint64_t before = reserved == holding.reserved_uses.end() ? 0 : reserved->second;
  judgement_.require(before + c.uses <= kMaxSealsOfHolding, RuleId::bounds,
                     holding.id.text() + " has been sealed under " + std::to_string(before) +
                         " times, the most is " + std::to_string(kMaxSealsOfHolding) +
                         ": go on with another holding");
}

void Deliberation::reserve_of_keyring(const ReserveUses& c, const KeyringId& keyring) {
  const Decision answer = may_key(state_, pack_, person(), c.verb, keyring, c.number, clock_);
  judgement_.add(answer);
  obligations_ = answer.obligations;
  judgement_.require(c.purpose == KeyPurpose::encrypt_decrypt, RuleId::bounds,
                     "keys of keyring " + keyring.text() + " are for encrypt_decrypt");
  const Keyring* ring = state_.find(keyring);
  if (ring == nullptr) return;
  if (ring->key_class == KeyClass::record) need_uses_left(c, *state_.find(ring->holding));
  const auto schedule = c.number ? ring->schedule_of(*c.number) : std::nullopt;
  const std::string subject = c.number ? key_text(keyring, *c.number) : keyring.text();
  happen(KeyUsesReserved{ring->holding, subject, c.verb, c.uses, schedule.has_value()});
  grant(c.verb, ring->holding, subject, c.uses);
  if (schedule) grant_->valid_until = std::min(grant_->valid_until, schedule->first);  // it ends with the key
}

}  // namespace quietus::governance
