#include "governance/applier.hpp"

namespace quietus::governance {

Status Applier::operator()(const KeyringShredding& e) {
  QUIETUS_TRY(ring, keyring(e.keyring));
  KeyRanges numbers;
  bool whole = false;
  if (ring->shredding) {
    if (ring->shredding->order != e.order) return refuse("another epoch of the keyring is under way");
    numbers = ring->shredding->numbers;
    whole = ring->shredding->whole;
  } else if (e.order) {
    QUIETUS_TRY(found, act(*e.order, ring->holding));  // its holding.ending came first
    if (found.line.state != LineState::ending) return refuse("the order's line is not under way");
    const OrderLine& line = *found.record.ordered(ring->holding);
    numbers = State::to_end(*ring, line);
    whole = !line.keys;
  } else {
    numbers = state_.due(*ring, event_.at);
  }
  if ((numbers.empty() && !whole) || numbers.count() != e.count || numbers.digest() != e.numbers)
    return refuse("the keys are not the ones that its cause takes away");
  if (e.from_epoch != ring->epoch) return refuse("the keyring is in another epoch");
  if (!ring->shredding) {
    ring->begin_end(numbers);
    if (e.order) ring->forget_causes(numbers);  // it rests on the people who signed now
    ring->shredding = Shredding{.order = e.order, .whole = whole, .numbers = numbers, .begun = event_.at};
  }
  ++ring->shredding->attempts;
  return {};
}

Status Applier::operator()(const KeyringActBegun& e) {
  QUIETUS_TRY(ring, keyring(e.keyring));
  if (!ring->shredding) return refuse("no epoch is under way");
  if (!ring->shredding->order) return acted(e.resumed, nullptr, ring->shredding->acted_index);
  QUIETUS_TRY(found, act(*ring->shredding->order, ring->holding));
  return acted(e.resumed, &found.line, ring->shredding->acted_index);
}

Status Applier::operator()(const KeyringShredded& e) {
  QUIETUS_TRY(ring, keyring(e.keyring));
  if (!ring->shredding || ring->shredding->acted_index == 0) return refuse("no act was under way");
  const std::uint64_t left = ring->living().count() - ring->shredding->numbers.count();
  if (e.from_epoch != ring->epoch || e.destroyed != ring->shredding->numbers.count() || e.survivors != left)
    return refuse("it is about another epoch or other keys");
  if (ring->shredding->whole ? e.to_epoch != 0 || left > 0 : e.to_epoch <= ring->epoch)
    return refuse("epochs run forward");
  ring->destroyed(ring->shredding->numbers);
  if (!ring->shredding->order) {
    ring->ended[ring->epoch].causes = ring->causes_of(ring->shredding->numbers);
    ring->forget_causes(ring->shredding->numbers);
  }
  ring->epoch = e.to_epoch;
  ring->shredding.reset();
  return {};
}

Result<EndedKeys*> Applier::ended(const KeyringId& id, const HoldingId& holding, std::uint64_t epoch) {
  QUIETUS_TRY(ring, keyring(id));
  const auto found = ring->ended.find(epoch);
  if (found == ring->ended.end() || ring->holding != holding)
    return refuse("no keys went with that epoch without an order");
  return &found->second;
}

Status Applier::operator()(const KeysDestroyed& e) {
  QUIETUS_TRY(keys, ended(e.keyring, e.holding, e.from_epoch));
  if (keys->completion_index > 0) return refuse("their end was completed before");
  keys->completion_index = state_.events;
  keys->completed = event_.at;
  const Case& in = *state_.find(state_.find(e.holding)->case_id);
  keys->pack_name = in.pack_name;
  keys->pack = in.pack;
  return {};
}

Status Applier::operator()(const KeysCertified& e) {
  QUIETUS_TRY(keys, ended(e.keyring, e.holding, e.from_epoch));
  if (keys->completion_index == 0 || !keys->certificate_id.empty())
    return refuse("no end of keys waits for a certificate");
  keys->certificate_id = e.certificate_id;
  return {};
}

void Applier::give_up_shredding(Keyring& ring) {
  ring.move(ring.shredding->numbers, KeyState::destroy_failed);
  ring.shredding.reset();
}

Status Applier::operator()(const KeyringShreddingFailed& e) {
  QUIETUS_TRY(ring, keyring(e.keyring));
  if (!ring->shredding) return refuse("no epoch is under way");
  give_up_shredding(*ring);
  return {};
}

}  // namespace quietus::governance
