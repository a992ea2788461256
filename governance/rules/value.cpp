#include "governance/rules/value.hpp"

#include <algorithm>
#include <array>

namespace quietus::rules {

std::string_view to_string(Truth truth) {
  return truth == Truth::yes ? "yes" : truth == Truth::no ? "no" : "unknown";
}
Truth operator!(Truth a) { return a == Truth::unknown ? a : a == Truth::yes ? Truth::no : Truth::yes; }
Truth both(Truth a, Truth b) { return std::min(a, b); }
Truth either(Truth a, Truth b) { return std::max(a, b); }

std::string_view to_string(Kind kind) {
  static constexpr std::array<std::string_view, 11> kNames = {
      "something unknown", "yes or no", "a number", "a share",        "a date",
      "a duration",        "an age",    "a word",   "a set of words", "somebody",
      "a set of members"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string to_string(const Duration& duration) {
  std::string out;
  const auto part = [&](std::int64_t count, std::string_view unit) {
    if (count != 0) out += std::to_string(count) + std::string(unit);
  };
  part(duration.months / 12, "y");
  part(duration.months % 12, "mo");
  part(duration.days, "d");
  part(duration.hours, "h");
  return out.empty() ? "0d" : out;
}

}  // namespace quietus::rules
