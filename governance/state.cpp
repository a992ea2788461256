#include "governance/state.hpp"

#include <algorithm>
#include <ranges>

#include "governance/actor.hpp"

namespace quietus::governance {

namespace {

template <class Map, class Key>
const typename Map::mapped_type* look_up(const Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace

std::string_view to_string(HoldingState state) {
  switch (state) {
    case HoldingState::declared:
      return "declared";
    case HoldingState::sealed:
      return "sealed";
    case HoldingState::ending:
      return "ending";
    case HoldingState::destroyed:
      return "destroyed";
    case HoldingState::destroy_failed:
      return "destroy_failed";
    case HoldingState::transferred:
      return "transferred";
    case HoldingState::retained:
      return "retained";
    case HoldingState::surrendered:
      return "surrendered";
    case HoldingState::returned:
      return "returned";
  }
  return "unknown";
}

bool is_terminal(HoldingState state) {
  return state == HoldingState::destroyed || state == HoldingState::transferred ||
         state == HoldingState::retained || state == HoldingState::surrendered ||
         state == HoldingState::returned;
}

std::string_view to_string(OrderState state) {
  switch (state) {
    case OrderState::proposed:
      return "proposed";
    case OrderState::approved:
      return "approved";
    case OrderState::running:
      return "running";
    case OrderState::certified:
      return "certified";
    case OrderState::partly:
      return "partly";
    case OrderState::failed:
      return "failed";
    case OrderState::withdrawn:
      return "withdrawn";
    case OrderState::done:
      return "done";
  }
  return "unknown";
}

std::string_view to_string(LineState state) {
  switch (state) {
    case LineState::pending:
      return "pending";
    case LineState::mandated:
      return "mandated";
    case LineState::ending:
      return "ending";
    case LineState::destroyed:
      return "destroyed";
    case LineState::certified:
      return "certified";
    case LineState::failed:
      return "failed";
    case LineState::done:
      return "done";
  }
  return "unknown";
}

std::string to_string(const Actor& actor) {
  if (const auto* person = std::get_if<Person>(&actor)) return person->id.text();
  if (const auto* host = std::get_if<HostId>(&actor)) return host->text();
  return "house: " + std::get<House>(actor).cause;
}

const LineProgress* OrderRecord::line(const HoldingId& holding) const {
  const auto found = std::ranges::find(lines, holding, &LineProgress::holding);
  return found == lines.end() ? nullptr : &*found;
}

LineProgress* OrderRecord::line(const HoldingId& holding) {
  const auto found = std::ranges::find(lines, holding, &LineProgress::holding);
  return found == lines.end() ? nullptr : &*found;
}

const OrderLine* OrderRecord::ordered(const HoldingId& holding) const {
  const auto found = std::ranges::find(order.lines, holding, &OrderLine::holding);
  return found == order.lines.end() ? nullptr : &*found;
}

const Case* State::find(const CaseId& id) const { return look_up(cases, id); }
const Holding* State::find(const HoldingId& id) const { return look_up(holdings, id); }
const OrderRecord* State::find(const OrderId& id) const { return look_up(orders, id); }

const Keyring* State::find(const KeyringId& id) const { return look_up(keyrings, id); }
const AttestationRecord* State::find(const AttestationId& id) const { return look_up(attestations, id); }
const Finding* State::find(const FindingId& id) const { return look_up(findings, id); }

const AttestationRecord* State::attested_by(const CaseId& id, std::string_view kind, const Subject& subject,
                                            UnixMs at) const {
  const auto* kinds = look_up(attested, id);
  const auto* subjects = kinds == nullptr ? nullptr : look_up(*kinds, kind);
  const auto* ids = subjects == nullptr ? nullptr : look_up(*subjects, subject);
  if (ids == nullptr) return nullptr;
  for (const auto& newest : std::views::reverse(*ids)) {
    const AttestationRecord* record = find(newest);
    if (record->valid(at)) return record;
  }
  return nullptr;
}

const OrderRecord* State::live_order(const HoldingId& holding) const {
  const Holding* known = find(holding);
  return known == nullptr || known->live_order.empty() ? nullptr : find(known->live_order);
}

const OrderRecord* State::live_order(const Case& in, OrderAct act, const HoldingId& holding) const {
  const auto found = in.acts_ordered.find({act, holding});
  return found == in.acts_ordered.end() ? nullptr : find(found->second);
}

bool State::holds_role(const CaseId& id, const PersonId& person, Role role) const {
  const Case* in = find(id);
  const auto* people = in == nullptr ? nullptr : look_up(in->roles, role);
  return people != nullptr && people->contains(person);
}

bool State::holds_any_role(const CaseId& id, const PersonId& person) const {
  const Case* in = find(id);
  return in != nullptr &&
         std::ranges::any_of(in->roles, [&](const auto& entry) { return entry.second.contains(person); });
}

bool State::is_suspended(const CaseId& id, const PersonId& person) const {
  const Case* in = find(id);
  return in != nullptr && in->suspended.contains(person);
}

KeyRanges State::to_end(const Keyring& keyring, const OrderLine& line) {
  return line.keys ? keyring.living() & *line.keys : keyring.living();
}

KeyRanges State::ordered(const Keyring& keyring) const {
  const OrderRecord* record = live_order(keyring.holding);
  if (record == nullptr || record->state == OrderState::proposed) return {};
  const LineProgress* progress = record->line(keyring.holding);
  const bool open =
      progress != nullptr && (progress->state == LineState::pending || progress->state == LineState::ending);
  return open ? to_end(keyring, *record->ordered(keyring.holding)) : KeyRanges();
}

KeyRanges State::due(const Keyring& keyring, UnixMs at) const {
  if (keyring.shredding) return keyring.shredding->order ? KeyRanges() : keyring.shredding->numbers;
  const KeyRanges left = ordered(keyring), failed = keyring.in(KeyState::destroy_failed);
  if (!failed.empty()) return left == failed ? KeyRanges() : failed;  // one epoch, so all of it or nothing
  return keyring.at_once(keyring.due(at) - left);
}

}  // namespace quietus::governance
