// The cases that a pack brings along: each rule once kept and once broken.
#include "governance/rules/atoms.hpp"
#include "governance/rules/pack_reader.hpp"
#include "governance/rules/report.hpp"

namespace quietus::rules {
namespace {

/// What never holds can only be kept by not applying: "credentials are never handed over".
Outcome meant(const Rule& rule, bool passing) {
  if (!passing) return Outcome::failed;
  return rule.check.is_constant(false) ? Outcome::not_applicable : Outcome::passed;
}

FixtureResult run(const Pack& pack, const Rule& rule, bool passing, const Vocabulary& vocabulary) {
  FixtureResult result;
  result.rule = rule.id;
  result.passing = passing;
  const auto facts =
      AtomFacts::read((passing ? rule.passing : rule.failing).facts, vocabulary, pack.literals(), pack.zone);
  if (!facts) {
    result.en = result.zh = facts.error().message;
    return result;
  }
  const RuleResult came = evaluate(pack, rule, *facts);
  const Outcome wanted = meant(rule, passing);
  result.as_written = came.outcome == wanted;
  if (result.as_written) return result;
  result.en =
      "comes out as " + std::string(to_string(came.outcome)) + ", not " + std::string(to_string(wanted));
  result.zh = "结果为 " + std::string(to_string(came.outcome)) + ",应为 " + std::string(to_string(wanted));
  for (const Reason& reason : came.reasons) {
    result.en += "; " + english(reason);
    result.zh += ";" + chinese(reason);
  }
  return result;
}

}  // namespace

std::vector<FixtureResult> run_fixtures(const Pack& pack) {
  const Vocabulary vocabulary = pack.vocabulary();
  std::vector<FixtureResult> results;
  for (const Rule& rule : pack.rules) {
    for (const bool passing : {true, false}) results.push_back(run(pack, rule, passing, vocabulary));
  }
  return results;
}

Status require_fixtures(const Pack& pack, const std::vector<Rule>& rules) {
  const Vocabulary vocabulary = pack.vocabulary();
  for (const Rule& rule : rules) {
    for (const bool passing : {true, false}) {
      const FixtureResult result = run(pack, rule, passing, vocabulary);
      if (!result.as_written) {
        return fail(ErrorKind::invalid_input,
                    "rule " + rule.id + ", fixture " + (passing ? "pass" : "fail") + ": " + result.en,
                    "correct the rule or the fixture; `quietus pack test` shows all of them");
      }
    }
  }
  return {};
}

}  // namespace quietus::rules
