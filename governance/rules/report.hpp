// What a pack says about one act: every rule at the gate, with law, words and what is missing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "governance/rules/pack.hpp"

namespace quietus::rules {

enum class Outcome { passed, failed, unknown, not_applicable };
std::string_view to_string(Outcome outcome);

struct RuleResult {
  std::string id;
  Severity severity = Severity::block;
  Outcome outcome = Outcome::unknown;
  bool waivable = false;
  std::string law, basis;
  Words text, next;             ///< numbers filled in
  std::vector<Reason> reasons;  ///< of `failed` and `unknown`
  std::size_t more_reasons = 0;
  [[nodiscard]] bool stops() const {
    return severity == Severity::block && (outcome == Outcome::failed || outcome == Outcome::unknown);
  }
};

struct Report {
  std::string pack;
  std::int64_t version = 0;
  Digest digest;
  std::string gate;
  std::vector<RuleResult> results;  ///< in the pack's order
  /// No rule of severity block failed or is unknown.
  [[nodiscard]] bool permits() const;
};

/// A rule that reads `h`, `p`, `o` or `f` is about the one that the facts bind: ask once for each that
/// matters. When it is unknown whether the rule applies, it is unknown unless its check holds. A gate that
/// does not exist gives a report that permits nothing.
RuleResult evaluate(const Pack& pack, const Rule& rule, const Facts& facts);
Report evaluate(const Pack& pack, std::string_view gate, const Facts& facts);
/// Of the same evaluation, without words and reasons: what is asked most often.
Outcome outcome(const Rule& rule, const Facts& facts);
/// Byte for byte the same for equal input: write() of it is what is kept.
Json to_json(const RuleResult& result);
Json to_json(const Report& report);

}  // namespace quietus::rules
