#include "governance/rules/report.hpp"

#include <algorithm>
#include <functional>

#include "governance/rules/diff.hpp"
#include "tests/unit/governance_rules/small_pack.hpp"

namespace quietus::rules::test {
namespace {

TEST_CASE("a report names every rule at the gate, and is byte for byte the same again") {
  const std::string world =
      R"w({"case.deal":"merger","cov(notice22,h)":"992/1000","att(pipia,case)":true,"has(h,kyc)":false})w";
  const Report report = evaluate(small(), "hand", facts_of(small(), world));
  REQUIRE(report.results.size() == 2);
  CHECK(report.results[0].outcome == Outcome::failed);
  CHECK(report.results[1].outcome == Outcome::not_applicable);
  CHECK_FALSE(report.permits());
  const std::string text = to_json(report).write();
  CHECK(text ==
        to_json(evaluate(pack_of(Json::parse(kSmallPack)->write_pretty()), "hand", facts_of(small(), world)))
            .write());
  CHECK(text.find("cov(notice22, h) is 992/1000, needs 1") != std::string::npos);
  CHECK(text.find("\"law\":\"PIPL 22\"") != std::string::npos);
}

TEST_CASE("unknown stops a block as a failure does, and an alarm stops nothing") {
  const Report unknown =
      evaluate(small(), "hand",
               facts_of(small(), R"w({"case.deal":"merger","cov(notice22,h)":1,"has(h,kyc)":false})w"));
  CHECK(unknown.results[0].outcome == Outcome::unknown);
  CHECK_FALSE(unknown.permits());
  const Report alarm = evaluate(
      small(), "destroy",
      facts_of(small(),
               R"w({"has(h,kyc)":true,"now":"2030-01-01","h.ended":"2029-01-01","ordered(h,destroy,30d)":false
  })w"));
  REQUIRE(alarm.results.size() == 1);
  CHECK(alarm.results[0].outcome == Outcome::failed);
  CHECK(alarm.permits());
}

TEST_CASE("when it is unknown whether a rule applies, the rule is unknown unless it is kept anyway") {
  const Report open =
      evaluate(small(), "hand", facts_of(small(), R"w({"cov(notice22,h)":"1/2","has(h,kyc)":false})w"));
  CHECK(open.results[0].outcome == Outcome::unknown);
  REQUIRE(open.results[0].reasons.size() == 1);
  CHECK(english(open.results[0].reasons[0]) == "case.deal is unknown");
  const Report kept = evaluate(
      small(), "hand", facts_of(small(), R"w({"cov(notice22,h)":1,"att(pipia,case)":true,"has(h,kyc)":false
  })w"));
  CHECK(kept.results[0].outcome == Outcome::passed);
}

TEST_CASE("a rule that nothing satisfies says what made it apply") {
  const Pack pack = pack_of(delivered("cn-smallloan"));
  const RuleResult result = evaluate(pack, *pack.find("R20"), facts_of(pack, "{\"h.cred\":true}"));
  CHECK(result.outcome == Outcome::failed);
  REQUIRE(result.reasons.size() == 1);
  CHECK(english(result.reasons[0]) == "h.cred is yes, needs no");
}

TEST_CASE("a gate that does not exist permits nothing, one without rules permits") {
  CHECK_FALSE(evaluate(small(), "hnad", facts_of(small(), "{}")).permits());
  CHECK(evaluate(small(), "seal", facts_of(small(), "{}")).permits());
}

TEST_CASE("with nothing known, no block rule of the delivered pack lets anything through") {
  const Pack pack = pack_of(delivered("cn-smallloan"));
  for (const Rule& rule : pack.rules) {
    const RuleResult result = evaluate(pack, rule, facts_of(pack, "{}"));
    INFO(rule.id);
    CHECK((result.outcome == Outcome::unknown));
    CHECK_FALSE(result.reasons.empty());
  }
}

bool says(const std::vector<Difference>& all, const std::string& about, Difference::Effect effect,
          const std::string& en) {
  return std::ranges::any_of(all, [&](const Difference& one) {
    return one.about == about && one.effect == effect && one.text.en == en && !one.text.zh.empty();
  });
}

TEST_CASE("a pack does not differ from itself") { CHECK(differences(small(), small()).empty()); }

TEST_CASE("what changed between two packs is said in words, with its direction") {
  using Effect = Difference::Effect;
  std::string text = changed("\"10y\"", "\"12y\"");
  text =
      changed("2030-01-01\", \"h.ended\": \"2019-12-31\"", "2032-01-01\", \"h.ended\": \"2019-12-31\"", text);
  text = changed("\"30d\"", "\"45d\"", text);
  text = changed("[\"hand\"]", "[\"hand\", \"open\"]", text);
  text = changed("[\"hand\", \"destroy\"], \"never_waivable\": true", "[\"hand\"]", text);
  text = changed("\"severity\": \"alarm\"", "\"severity\": \"block\"", text);
  text = changed("tell everybody", "tell every one of them", text);
  const auto all = differences(small(), pack_of(text));
  CHECK(says(all, "$keep", Effect::stricter, "how long: 10y → 12y"));
  CHECK(says(all, "$order_within", Effect::looser, "grace: 30d → 45d"));
  CHECK(says(all, "R01", Effect::stricter, "gate added: open"));
  CHECK(says(all, "R02", Effect::looser, "gate removed: destroy"));
  CHECK(says(all, "R02", Effect::stricter, "blocks, where before it raises an alarm"));
  CHECK(says(all, "R02", Effect::looser, "can be waived now"));
  CHECK(says(all, "R01", Effect::other, "wording: \"tell every one of them\" instead of \"tell everybody\""));
  CHECK(says(all, "R02", Effect::other, "the cases it brings along changed"));
  CHECK(all.size() == 8);
}

TEST_CASE("rules that come and go are named with their law") {
  const Pack renamed = pack_of(changed("\"id\": \"R01\"", "\"id\": \"R77\""));
  const auto all = differences(small(), renamed);
  CHECK(says(all, "R77", Difference::Effect::stricter, "new rule, blocks at hand: tell everybody (PIPL 22)"));
  CHECK(says(all, "R01", Difference::Effect::looser, "rule removed: tell everybody (PIPL 22)"));
  CHECK(to_json(all).write() == to_json(differences(small(), renamed)).write());
}

/// Every value in the text, one after the other.
void each_leaf(Json& json, const std::function<void(Json&)>& visit) {
  if (auto* object = json.object()) {
    for (auto& [key, value] : *object) each_leaf(value, visit);
  } else if (auto* array = json.array()) {
    for (Json& value : *array) each_leaf(value, visit);
  } else {
    visit(json);
  }
}

TEST_CASE("no value of a pack can be changed without the difference saying so") {
  Json json = Json::parse(kSmallPack).value();
  std::size_t tried = 0, taken = 0;
  each_leaf(json, [&](Json& leaf) {
    const Json before = leaf;
    std::vector<Json> others = {"true", "more", "less", "warn", "open", "M", "2028-01-01", "11y", "7"};
    if (before.boolean() != nullptr) others = {!*before.boolean()};
    if (before.integer() != nullptr) others = {*before.integer() + 1, *before.integer() - 1};
    for (const Json& other : others) {
      leaf = other;
      const auto pack = read_pack_untested(json.write());
      ++tried;
      if (!pack || pack->digest() == small().digest()) continue;
      ++taken;
      INFO(before.write() << " -> " << other.write());
      CHECK_FALSE(differences(small(), *pack).empty());
      CHECK(differences(small(), *pack).front().text.en.find("something else") == std::string::npos);
    }
    leaf = before;
  });
  CHECK(taken * 3 > tried);
}

TEST_CASE("a newer pack does not decide for itself what is stricter") {
  std::string text = changed("\"10y\", \"stricter\": \"more\"", "\"8y\", \"stricter\": \"less\"");
  const auto all = differences(small(), read_pack_untested(text).value());
  CHECK(says(all, "$keep", Difference::Effect::looser, "how long: 10y → 8y"));
  CHECK(says(all, "$keep", Difference::Effect::other,
             "the direction in which it may be tightened locally changed"));
}

}  // namespace
}  // namespace quietus::rules::test
