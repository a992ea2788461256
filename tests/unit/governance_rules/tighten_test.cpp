#include "tests/unit/governance_rules/small_pack.hpp"

namespace quietus::rules::test {
namespace {

const std::string kHouseRule =
    R"w({"id":"L01","severity":"block","gates":["open"],"law":"house rule 1","basis":"S",
  "when":"h.sens","check":"p.party.role == transferor","text":{"zh":"仅限本方","en":"ours only"},"next":{"zh":"由本方办理","en":"ask one of ours"},
  "fixtures":{"pass":{"h.sens":true,"p.party.role":"transferor"},"fail":{"h.sens":true,"p.party.role":"transferee"}}})w";

std::string refusal_of(const std::string& local) {
  const auto pack = tighten(small(), local);
  return pack ? "taken" : pack.error().message;
}

TEST_CASE("a number may be made stricter, and the rules go by it at once") {
  const auto pack = tighten(small(), R"w({"parameters":{"keep":"12y"}})w");
  REQUIRE(pack);
  const std::string world = R"w({"has(h,kyc)" : true,
                    "now" : "2030-01-01", "h.ended" : "2019-12-31", "ordered(h,destroy,$order_within)" : false
})w";
  CHECK(evaluate(small(), *small().find("R02"), facts_of(small(), world)).outcome == Outcome::passed);
  const RuleResult result = evaluate(*pack, *pack->find("R02"), facts_of(*pack, world));
  CHECK(result.outcome == Outcome::failed);
  CHECK(result.text.en == "keep 12 years");
  CHECK(pack->tightened);
  CHECK(pack->digest() != small().digest());
}

TEST_CASE("a number may not be made looser, not even perhaps looser, nor another kind of thing") {
  CHECK(refusal_of(R"w({"parameters":{"keep":"9y"}})w") == "parameter `keep`: 9y is looser than 10y");
  CHECK(refusal_of(R"w({"parameters":{"keep":"3652d"}})w") == "parameter `keep`: 3652d is looser than 10y");
  CHECK(refusal_of(R"w({"parameters":{"keep":"3653d"}})w") == "taken");
  CHECK(refusal_of(R"w({"parameters":{"order_within":"31d"}})w") ==
        "parameter `order_within`: 31d is looser than 30d");
  CHECK(refusal_of(R"w({"parameters":{"order_within":"29d"}})w") == "taken");
  CHECK(refusal_of(R"w({"parameters":{"everyone":"2"}})w") == "parameter `everyone`: is fixed");
  CHECK(refusal_of(R"w({"parameters":{"keep":"10"}})w") == "parameter `keep`: another kind than 10y");
  CHECK(refusal_of(R"w({"parameters":{"kep":"11y"}})w") == "the pack has no parameter `kep`");
  CHECK(tighten(small(), R"w({"parameters":{"keep":"9y"}})w").error().kind == ErrorKind::denied);
}

TEST_CASE("a rule may be added with its fixtures, and none replaced") {
  const auto pack = tighten(small(), "{\"rules\":[" + kHouseRule + "]}");
  REQUIRE(pack);
  CHECK(pack->rules.size() == 3);
  CHECK(pack->waivable("L01"));
  CHECK(refusal_of("{\"rules\":[" + changed("L01", "R01", kHouseRule) + "]}") ==
        "rule R01 is there already; rules are only added");
  CHECK(refusal_of("{\"rules\":[" + kHouseRule + "," + kHouseRule + "]}") ==
        "rule L01 is there already; rules are only added");
  CHECK(refusal_of("{\"rules\":[" + changed("== transferor", "== transferee", kHouseRule) + "]}")
            .starts_with("rule L01, fixture pass"));
}

TEST_CASE("local changes are not made twice") {
  const auto pack = tighten(small(), R"w({"parameters":{"keep":"12y"}})w");
  REQUIRE(pack);
  CHECK_FALSE(tighten(*pack, R"w({"parameters":{"keep":"13y"}})w"));
}

}  // namespace
}  // namespace quietus::rules::test
