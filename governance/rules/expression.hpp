// The language of rules: total, three-valued, bounded, without I/O. docs/decisions/rules-are-data.md.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "governance/rules/facts.hpp"
#include "governance/rules/vocabulary.hpp"
#include "quietus/result.hpp"

namespace quietus::rules {

inline constexpr std::size_t kMaxExpressionBytes = 2048, kMaxNodes = 256, kMaxDepth = 24;
inline constexpr std::size_t kMaxSteps =
    1'000'000;  ///< per evaluation: nodes visited, members of sets included
inline constexpr std::size_t kMaxReasons = 16;

/// One fact that was unknown or that made an expression fail.
struct Reason {
  enum class Needs {
    equal,
    different,
    less,
    at_most,
    more,
    at_least,
    one_of,
    none_of,
    superset,
    subset,
    some
  };
  std::string fact;  ///< "cov(notice22, H-7)"
  std::string is;    ///< "992/1000"; empty when unknown
  Needs relation = Needs::equal;
  std::string needs;  ///< "1"
  bool unknown = false;
  std::string why;           ///< of what is unknown; may be empty
  bool alternative = false;  ///< another way to satisfy what the reason before it is about
  bool operator==(const Reason&) const = default;
};
/// "cov(notice22, H-7) is 992/1000, needs 1"
std::string english(const Reason& reason);
std::string chinese(const Reason& reason);

struct Verdict {
  Truth truth = Truth::unknown;
  std::vector<Reason>
      reasons;  ///< why it is not what was wanted; empty when it is; at most kMaxReasons, in source order
  std::size_t more_reasons = 0;  ///< that did not fit; of what is asked of each member, members
  bool operator==(const Verdict&) const = default;
};

/// Name without `$` -> literal: {"aml_keep": "10y"}.
using Parameters = std::map<std::string, std::string, std::less<>>;

/// Immutable, cheap to copy, checked: every name is known and every kind fits.
class Expression {
 public:
  Expression();  ///< `false`
  /// `invalid_input`: "column 14: there is no attribute `clas` of a holding; did you mean `class`".
  static Result<Expression> parse(std::string_view text, const Vocabulary& vocabulary,
                                  const Parameters& parameters = {});

  [[nodiscard]] const std::string& text() const;
  [[nodiscard]] const Type& type() const;
  [[nodiscard]] const Reads& depends_on() const;
  /// Names of the parameters used.
  [[nodiscard]] const std::set<std::string>& parameters() const;
  [[nodiscard]] bool is_constant(bool value) const;  ///< the literal `true` or `false` and nothing else

  /// The attribute, function or name when the whole expression is one question to the facts; else "".
  [[nodiscard]] std::string_view asks() const;

  /// For an expression of kind truth; anything else is unknown.
  /// Reasons say why it is not `wanted`, yes or no.
  [[nodiscard]] Verdict evaluate(const Facts& facts, Truth wanted = Truth::yes) const;
  /// Only yes, no or unknown: what asks most often.
  [[nodiscard]] Truth truth(const Facts& facts) const;
  [[nodiscard]] Value value(const Facts& facts) const;

 private:
  explicit Expression(std::shared_ptr<const struct Tree> tree) : tree_(std::move(tree)) {}
  std::shared_ptr<const struct Tree> tree_;
};

/// A parameter's value or a fact in a fixture: `10y`, `2027-01-01`, `1000000`, `992/1000`, `true`, `merger`,
/// `{a, b}`. Dates are midnight in `zone`.
Result<Value> parse_literal(std::string_view text, const TimeZone& zone);
/// The literal form of a value; instants as a date when they are a midnight of the zone, else RFC 3339.
std::string to_text(const Value& value, const TimeZone& zone);

}  // namespace quietus::rules
