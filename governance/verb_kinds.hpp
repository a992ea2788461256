// Kinds of verbs that more than one check speaks of. Private to may and decide.
#pragma once

#include <algorithm>
#include <initializer_list>

#include "quietus/permit.hpp"

namespace quietus::governance {

inline bool is_one_of(Verb verb, std::initializer_list<Verb> verbs) {
  return std::ranges::find(verbs, verb) != verbs.end();
}

/// Takes a permit to a key.
inline bool uses_key(Verb verb) { return is_one_of(verb, {Verb::seal, Verb::open, Verb::release_data_key}); }
/// The same, or prepares it.
inline bool works_with_key(Verb verb) { return uses_key(verb) || verb == Verb::change_key; }
inline bool ends_something(Verb verb) {
  return is_one_of(verb, {Verb::destroy, Verb::issue_mandate, Verb::shred});
}
/// The same, or prepares it.
inline bool takes_away(Verb verb) { return ends_something(verb) || verb == Verb::schedule_destruction; }
/// Asked of a holding and not only of its case.
inline bool asked_of_holding(Verb verb) {
  return works_with_key(verb) || takes_away(verb) ||
         is_one_of(verb, {Verb::propose, Verb::thaw, Verb::end_holding, Verb::break_glass});
}
/// Makes less possible: nothing may stand in its way but who asks.
inline bool only_restricts(Verb verb) {
  return is_one_of(
      verb, {Verb::freeze, Verb::suspend, Verb::withdraw, Verb::restrict_key, Verb::cancel_destruction});
}

}  // namespace quietus::governance
