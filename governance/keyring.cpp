#include "governance/keyring.hpp"

#include <array>

namespace quietus::governance {

namespace {

constexpr std::array kChanges = {KeyChange::activate, KeyChange::deactivate, KeyChange::suspend,
                                 KeyChange::resume, KeyChange::compromise};

}  // namespace

std::string_view to_string(KeyChange change) {
  switch (change) {
    case KeyChange::activate:
      return "activate";
    case KeyChange::deactivate:
      return "deactivate";
    case KeyChange::suspend:
      return "suspend";
    case KeyChange::resume:
      return "resume";
    case KeyChange::compromise:
      return "compromise";
  }
  return "";
}

std::optional<KeyChange> key_change_from(std::string_view text) {
  for (const KeyChange change : kChanges) {
    if (to_string(change) == text) return change;
  }
  return std::nullopt;
}

KeyRanges Keyring::given_out() const { return KeyRanges(KeyRange{1, next_number - 1}); }

const KeyRanges& Keyring::in(KeyState state) const {
  static const KeyRanges kNone;
  const auto found = states.find(state);
  return found == states.end() ? kNone : found->second;
}

KeyRanges Keyring::living() const {
  return given_out() - in(KeyState::destroyed)-in(KeyState::destroyed_compromised);
}

KeyRanges Keyring::untouched() const {
  return living() - in(KeyState::destroying)-in(KeyState::destroy_failed);
}

KeyRanges Keyring::due(UnixMs at) const {
  KeyRanges due = in(KeyState::destroy_failed);
  if (!due.empty()) return due;
  for (const auto& [when, numbers] : scheduled) {
    if (when.first > at) break;
    due |= numbers;
  }
  return due;
}

KeyRanges Keyring::at_once(const KeyRanges& numbers) const {
  KeyRanges taken;
  std::size_t cited = 0;
  std::uint64_t named = 0;
  for (const auto& [index, cause] : causes) {
    const KeyRanges next = taken | (cause.numbers & numbers);
    if (next == taken) continue;
    const bool fits = ++cited <= kMaxCausesAtOnce && (named += cause.named) <= kMaxNamedRangesAtOnce &&
                      next.count() <= kMaxKeysAtOnce && next.ranges().size() <= KeyRanges::kMaxTextRanges;
    if (!fits) break;
    taken = next;
  }
  return taken;
}

EndCauses Keyring::causes_of(const KeyRanges& numbers) const {
  EndCauses found;
  for (const auto& [index, cause] : causes) {
    KeyRanges part = cause.numbers & numbers;
    if (!part.empty()) found[index] = {std::move(part), cause.named};
  }
  return found;
}

const EndedKeys* Keyring::ended_with(KeyNumber number) const {
  for (const auto& [from, keys] : ended) {
    for (const auto& [index, cause] : keys.causes)
      if (cause.numbers.contains(number)) return &keys;
  }
  return nullptr;
}

std::optional<KeyState> Keyring::state_of(KeyNumber number) const {
  for (const auto& [state, numbers] : states) {
    if (numbers.contains(number)) return state;
  }
  return std::nullopt;
}

std::optional<KeyPurpose> Keyring::purpose_of(KeyNumber number) const {
  for (const auto& [purpose, numbers] : purposes) {
    if (numbers.contains(number)) return purpose;
  }
  return std::nullopt;
}

std::uint32_t Keyring::version_of(KeyNumber number) const {
  const auto found = versions.find(number);
  return found == versions.end() ? 1 : found->second;
}

std::optional<std::pair<UnixMs, KeyState>> Keyring::schedule_of(KeyNumber number) const {
  for (const auto& [when, numbers] : scheduled) {
    if (numbers.contains(number)) return when;
  }
  return std::nullopt;
}

KeyRanges Keyring::changeable(KeyChange change) const {
  switch (change) {
    case KeyChange::activate:
      return in(KeyState::pre_active);
    case KeyChange::deactivate:
      return in(KeyState::active) | in(KeyState::suspended);
    case KeyChange::suspend:
      return in(KeyState::active);
    case KeyChange::resume:
      return in(KeyState::suspended);
    case KeyChange::compromise:  // also of what is destroyed: the news may come late
      return given_out() - compromised;
  }
  return {};
}

void Keyring::move(const KeyRanges& numbers, KeyState to) {
  if (numbers.empty()) return;
  for (auto at = states.begin(); at != states.end();) {
    at->second -= numbers;
    at = at->second.empty() ? states.erase(at) : std::next(at);
  }
  states[to] |= numbers;
}

void Keyring::schedule(const KeyRanges& numbers, UnixMs due, std::uint64_t cause) {
  const KeyRanges again = numbers & in(KeyState::destroy_scheduled);
  unschedule(again);  // a new date starts from where the key had been
  forget_causes(again);
  causes[cause] = {numbers, numbers.ranges().size()};
  for (const auto& [state, members] : states) {
    const KeyRanges part = members & numbers;
    if (!part.empty()) scheduled[{due, state}] |= part;
  }
  move(numbers, KeyState::destroy_scheduled);
}

void Keyring::unschedule(const KeyRanges& numbers) {
  for (auto at = scheduled.begin(); at != scheduled.end();) {
    const KeyRanges part = at->second & numbers;
    move(part, at->first.second);
    move(part & compromised, KeyState::compromised);
    at->second -= part;
    at = at->second.empty() ? scheduled.erase(at) : std::next(at);
  }
}

void Keyring::forget_causes(const KeyRanges& numbers) {
  if (numbers.empty()) return;
  for (auto at = causes.begin(); at != causes.end();) {
    at->second.numbers -= numbers;
    at = at->second.numbers.empty() ? causes.erase(at) : std::next(at);
  }
}

void Keyring::begin_end(const KeyRanges& numbers) {
  unschedule(numbers & in(KeyState::destroy_scheduled));
  move(numbers, KeyState::destroying);
}

void Keyring::change(const KeyRanges& numbers, KeyChange how) {
  switch (how) {
    case KeyChange::activate:
    case KeyChange::resume:
      return move(numbers, KeyState::active);
    case KeyChange::deactivate:
      return move(numbers, KeyState::deactivated);
    case KeyChange::suspend:
      return move(numbers, KeyState::suspended);
    case KeyChange::compromise:
      break;
  }
  compromised |= numbers;
  move(numbers & in(KeyState::destroyed), KeyState::destroyed_compromised);
  const KeyRanges usable =
      in(KeyState::pre_active) | in(KeyState::active) | in(KeyState::suspended) | in(KeyState::deactivated);
  move(numbers & usable, KeyState::compromised);
}

void Keyring::destroyed(const KeyRanges& numbers) {
  move(numbers, KeyState::destroyed);
  move(numbers & compromised, KeyState::destroyed_compromised);
  std::erase_if(versions, [&](const auto& entry) { return numbers.contains(entry.first); });
  used_late -= numbers;
}

}  // namespace quietus::governance
