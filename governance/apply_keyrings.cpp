#include "governance/applier.hpp"

namespace quietus::governance {

namespace {

bool usable(HoldingState state) { return state == HoldingState::declared || state == HoldingState::sealed; }

std::uint64_t room_left(const Keyring& ring) {
  const std::uint64_t numbers = kMaxKeyNumber + 1 - ring.next_number;
  if (ring.key_class == KeyClass::record) return numbers;
  const std::uint64_t living = ring.living().count();
  return std::min(numbers, living < kMaxWrappedKeys ? kMaxWrappedKeys - living : 0);
}

}  // namespace

Result<Keyring*> Applier::keyring(const KeyringId& id) {
  const auto found = state_.keyrings.find(id);
  if (found == state_.keyrings.end()) return refuse("no such keyring");
  return &found->second;
}

Result<Keyring*> Applier::keyring_with(const KeyringId& id, const KeyRanges& numbers,
                                       KeyRanges (*where)(const Keyring&)) {
  QUIETUS_TRY(ring, keyring(id));
  QUIETUS_TRY(found, holding(ring->holding));
  if (!usable(found->state)) return refuse("the holding is " + std::string(to_string(found->state)));
  if (numbers.empty() || !where(*ring).contains(numbers))
    return refuse("a key is not where it would have to be");
  return ring;
}

Status Applier::operator()(const KeyringCreated& e) {
  QUIETUS_TRY(found, holding(e.holding));
  if (found->kind != HoldingKind::record_set || found->state != HoldingState::declared || found->has_key()) {
    return refuse("the holding cannot get a keyring");
  }
  if (e.keyring.empty() || state_.find(e.keyring) != nullptr) return refuse("the keyring exists already");
  if (e.key_class == KeyClass::device) return refuse("a keyring is of class wrapped or record");
  found->keyring = e.keyring;
  found->key_created = event_.at;
  Keyring& made = state_.keyrings[e.keyring];
  made.id = e.keyring;
  made.holding = e.holding;
  made.key_class = e.key_class;
  made.created = event_.at;
  return {};
}

Status Applier::operator()(const KeysAdded& e) {
  QUIETUS_TRY(ring, keyring(e.keyring));
  QUIETUS_TRY(found, holding(ring->holding));
  const bool fits =
      usable(found->state) && e.first == ring->next_number && e.count > 0 && e.count <= room_left(*ring);
  const bool begins = e.state == KeyState::active || e.state == KeyState::pre_active;
  if (!fits || !begins) return refuse("the keyring takes no such keys");
  const KeyRanges numbers(KeyRange{e.first, e.first + e.count - 1});
  ring->next_number = e.first + e.count;
  ring->states[e.state] |= numbers;
  ring->purposes[e.purpose] |= numbers;
  return {};
}

Status Applier::operator()(const KeysRotated& e) {
  QUIETUS_TRY(ring,
              keyring_with(e.keyring, e.numbers, [](const Keyring& k) { return k.in(KeyState::active); }));
  if (ring->key_class != KeyClass::wrapped) return refuse("only wrapped keys have versions");
  for (const KeyNumber number : e.numbers.numbers()) ring->versions[number] = ring->version_of(number) + 1;
  return {};
}

Status Applier::operator()(const KeysChanged& e) {
  QUIETUS_TRY(ring, keyring(e.keyring));
  if (e.numbers.empty() || !ring->changeable(e.change).contains(e.numbers))
    return refuse("a key is not where it would have to be");
  ring->change(e.numbers, e.change);
  return {};
}

Status Applier::operator()(const DestructionScheduled& e) {
  QUIETUS_TRY(ring, keyring_with(e.keyring, e.numbers, [](const Keyring& k) { return k.untouched(); }));
  if (e.due < event_.at) return refuse("it would have been due before it was scheduled");
  ring->schedule(e.numbers, e.due, state_.events);
  return {};
}

Status Applier::operator()(const DestructionCancelled& e) {
  QUIETUS_TRY(ring, keyring(e.keyring));
  if (e.numbers.empty() || !ring->in(KeyState::destroy_scheduled).contains(e.numbers))
    return refuse("a key is not scheduled");
  ring->unschedule(e.numbers);
  ring->forget_causes(e.numbers);
  return {};
}

Status Applier::operator()(const KeyUsesReserved& e) {
  QUIETUS_TRY(found, holding(e.holding));
  const auto at = state_.keyrings.find(found->keyring);
  Keyring* ring = at == state_.keyrings.end() ? nullptr : &at->second;
  const auto number = ring == nullptr ? std::nullopt : key_number_of(ring->id, e.subject);
  const bool device = !found->key.empty() && e.subject == found->key.text();
  const bool whole = ring != nullptr && e.subject == ring->id.text();
  const bool one = number && ring->state_of(*number);
  if (!usable(found->state) || !(device || whole || one)) return refuse("the key cannot be used");
  const bool uses = e.verb == Verb::seal || e.verb == Verb::open || e.verb == Verb::release_data_key;
  if (!uses || actor_person().empty()) return refuse("only a person uses keys");
  found->reserved_uses[e.verb] += e.uses;
  const bool sealing = e.verb == Verb::seal || (device && found->state == HoldingState::declared);
  if (!sealing) opened(*found);
  if (e.verb == Verb::release_data_key)
    found->releases.push_back(KeyRelease{event_.at, actor_person(), "reserved", e.uses});
  if (e.scheduled && one) ring->used_late |= KeyRanges(KeyRange{number->value, number->value});
  return {};
}

}  // namespace quietus::governance
