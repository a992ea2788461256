// What an expression of a rule can be about: values, each of which may be unknown, with the reason.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "quietus/clock.hpp"

namespace quietus::rules {

/// Kleene's strong three-valued logic. Who acts on it counts unknown as no.
enum class Truth { no, unknown, yes };
std::string_view to_string(Truth truth);
Truth operator!(Truth a);
Truth both(Truth a, Truth b);
Truth either(Truth a, Truth b);

/// The caller does not know. `why`: for people, without secrets, may be empty.
struct Unknown {
  std::string why;
  bool operator==(const Unknown&) const = default;
};
/// An exact fraction, never rounded: 992/1000. Not reduced, because people ask "of how many". `of` > 0.
struct Share {
  std::int64_t part = 0, of = 1;
  bool operator==(const Share&) const = default;
};
/// Calendar length. Months are not days: which is longer can depend on the day one begins with.
struct Duration {
  std::int64_t months = 0, days = 0, hours = 0;
  bool operator==(const Duration&) const = default;
};
/// How long something has been, measured at `now` of the same facts. Compared with a duration by the
/// calendar.
struct Age {
  UnixMs since;
  bool operator==(const Age&) const = default;
};
/// A word of one of the vocabulary's domains: `merger`, `C3`.
struct Symbol {
  std::string word;
  auto operator<=>(const Symbol&) const = default;
};
using Symbols = std::set<Symbol>;
/// Somebody or something that facts are about. `kind`: case, party, person, order, holding, finding, request,
/// config. `id`: as people write it, "H-7".
struct Entity {
  std::string kind, id;
  /// For the facts that gave it, which find it again so; nullptr: by its id. No part of who it is.
  const void* found = nullptr;
  bool operator==(const Entity& other) const { return id == other.id && kind == other.kind; }
};
using Entities = std::vector<Entity>;  ///< in the caller's order, which is the order of reasons

using Value = std::variant<Unknown, bool, std::int64_t, Share, UnixMs, Duration, Age, Symbol, Symbols, Entity,
                           Entities>;

enum class Kind { unknown, truth, integer, share, instant, duration, age, symbol, symbols, entity, entities };
std::string_view to_string(Kind kind);  ///< for people: "a date", "a set of words"
inline Kind kind_of(const Value& value) { return static_cast<Kind>(value.index()); }
inline bool is_unknown(const Value& value) { return value.index() == 0; }

std::string to_string(const Duration& duration);  ///< "10y", "1y6mo", "30d12h", "0d"

}  // namespace quietus::rules
