#include "kms/keyrings/key_life.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace quietus::keyrings {

namespace {

bool one_of(KeyState state, std::initializer_list<KeyState> states) {
  return std::ranges::find(states, state) != states.end();
}

std::string name_of(const KeyCard& card) {
  return "key " + card.keyring.text() + "." + std::to_string(card.number.value);
}

std::unexpected<Error> refuse(const KeyCard& card) {
  return fail(ErrorKind::conflict, name_of(card) + " is " + std::string(to_string(card.state)));
}

/// What a key that is to be destroyed was before that was said.
KeyState standing(const KeyCard& card) {
  return card.state == KeyState::destroy_scheduled ? card.before_schedule : card.state;
}

}  // namespace

bool is_ending(KeyState state) {
  return one_of(state, {KeyState::destroying, KeyState::destroyed, KeyState::destroyed_compromised,
                        KeyState::destroy_failed});
}

Result<KeyCard> changed(KeyCard card, KeyChange change, UnixMs due) {
  using enum KeyState;
  const auto move = [&](std::initializer_list<KeyState> from, KeyState to) -> Result<KeyCard> {
    if (!one_of(card.state, from)) return refuse(card);
    card.state = to;
    return card;
  };
  switch (change) {
    case KeyChange::activate:
      return move({pre_active}, active);
    case KeyChange::suspend:
      card.before_suspension = card.state;
      return move({active, deactivated}, suspended);
    case KeyChange::resume:
      return move({suspended}, card.before_suspension);
    case KeyChange::deactivate:
      return move({active, suspended}, deactivated);
    case KeyChange::compromise:
      return move({pre_active, active, suspended, deactivated}, compromised);
    case KeyChange::schedule:
      card.before_schedule = card.state;
      card.destroy_due = due;
      card.uses_while_scheduled = 0;
      return move({pre_active, active, suspended, deactivated, compromised}, destroy_scheduled);
    case KeyChange::cancel:
      card.destroy_due = {};
      return move({destroy_scheduled}, card.before_schedule);
  }
  return refuse(card);
}

Status may_protect(const KeyCard& card) {
  if (card.purpose != KeyPurpose::encrypt_decrypt)
    return fail(ErrorKind::invalid_input, name_of(card) + " is not for encryption");
  return card.state == KeyState::active ? Status{} : refuse(card);
}

Status may_process(const KeyCard& card) {
  using enum KeyState;
  if (card.purpose != KeyPurpose::encrypt_decrypt)
    return fail(ErrorKind::invalid_input, name_of(card) + " is not for encryption");
  return one_of(standing(card), {active, deactivated, compromised}) ? Status{} : refuse(card);
}

}  // namespace quietus::keyrings
