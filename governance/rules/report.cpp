#include "governance/rules/report.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace quietus::rules {
namespace {

Json to_json(const Words& words) { return Json::Object{{"zh", words.zh}, {"en", words.en}}; }

Json to_json(const Reason& reason) {
  Json::Object out{{"fact", reason.fact}, {"zh", chinese(reason)}, {"en", english(reason)}};
  if (reason.unknown) {
    out["unknown"] = true;
  } else {
    out["is"] = reason.is;
    out["needs"] = reason.needs;
  }
  return out;
}

void take(Verdict verdict, RuleResult& result) {
  result.reasons = std::move(verdict.reasons);
  result.more_reasons = verdict.more_reasons;
}

}  // namespace

Json to_json(const RuleResult& result) {
  Json::Array reasons;
  for (const Reason& reason : result.reasons) reasons.push_back(to_json(reason));
  return Json::Object{{"id", result.id},
                      {"severity", std::string(to_string(result.severity))},
                      {"outcome", std::string(to_string(result.outcome))},
                      {"waivable", result.waivable},
                      {"law", result.law},
                      {"basis", result.basis},
                      {"text", to_json(result.text)},
                      {"next", to_json(result.next)},
                      {"reasons", std::move(reasons)},
                      {"more_reasons", std::uint64_t{result.more_reasons}}};
}

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::passed:
      return "passed";
    case Outcome::failed:
      return "failed";
    case Outcome::not_applicable:
      return "not_applicable";
    case Outcome::unknown:
      break;
  }
  return "unknown";
}

bool Report::permits() const {
  return std::ranges::find(gates(), gate) != gates().end() &&
         std::ranges::none_of(results, &RuleResult::stops);
}

RuleResult evaluate(const Pack& pack, const Rule& rule, const Facts& facts) {
  RuleResult result{rule.id,
                    rule.severity,
                    Outcome::unknown,
                    !rule.never_waivable,
                    rule.law,
                    rule.basis,
                    pack.with_numbers(rule.text),
                    pack.with_numbers(rule.next),
                    {},
                    0};
  const Truth applies = rule.when.truth(facts);
  if (applies == Truth::no) {
    result.outcome = Outcome::not_applicable;
    return result;
  }
  Verdict verdict = rule.check.evaluate(facts);
  // Where the check holds, it does not matter whether it had to.
  if (verdict.truth == Truth::yes) {
    result.outcome = Outcome::passed;
  } else if (applies == Truth::unknown) {
    take(rule.when.evaluate(facts), result);
    std::erase_if(result.reasons, [](const Reason& reason) { return !reason.unknown; });
  } else {
    result.outcome = verdict.truth == Truth::no ? Outcome::failed : Outcome::unknown;
    // What never holds is missed because it applies.
    const bool never = rule.check.is_constant(false);
    take(never ? rule.when.evaluate(facts, Truth::no) : std::move(verdict), result);
  }
  return result;
}

Outcome outcome(const Rule& rule, const Facts& facts) {
  const Truth applies = rule.when.truth(facts);
  if (applies == Truth::no) return Outcome::not_applicable;
  const Truth holds = rule.check.truth(facts);
  if (holds == Truth::yes) return Outcome::passed;
  return applies == Truth::yes && holds == Truth::no ? Outcome::failed : Outcome::unknown;
}

Report evaluate(const Pack& pack, std::string_view gate, const Facts& facts) {
  Report report{pack.name, pack.version, pack.digest(), std::string(gate), {}};
  for (const Rule& rule : pack.rules) {
    if (rule.stands_at(gate)) report.results.push_back(evaluate(pack, rule, facts));
  }
  return report;
}

Json to_json(const Report& report) {
  Json::Array results;
  for (const RuleResult& result : report.results) results.push_back(to_json(result));
  return Json::Object{
      {"pack",
       Json::Object{{"name", report.pack}, {"version", report.version}, {"digest", hex(report.digest)}}},
      {"gate", report.gate},
      {"permits", report.permits()},
      {"results", std::move(results)}};
}

}  // namespace quietus::rules
