// The packs that are delivered, and how a pack is refused.
#include <set>

#include "tests/unit/governance_rules/small_pack.hpp"

namespace quietus::rules::test {
namespace {

std::string refusal(const std::string& text) {
  const auto pack = read_pack(text);
  return pack ? "taken" : pack.error().message;
}

TEST_CASE("every rule of the delivered packs passes and fails as its fixtures say") {
  for (const char* name : {"cn-smallloan", "intl"}) {
    const Pack pack = pack_of(delivered(name));
    for (const FixtureResult& result : run_fixtures(pack)) {
      INFO(name << " " << result.rule << " " << result.en);
      CHECK(result.as_written);
    }
  }
  CHECK(pack_of(delivered("cn-smallloan")).rules.size() == 40);
  CHECK(pack_of(delivered("intl")).rules.size() >= 20);
}

TEST_CASE("a rule turned into its opposite is caught by its fixtures, for each rule") {
  for (const char* name : {"cn-smallloan", "intl"}) {
    const Pack pack = pack_of(delivered(name));
    for (std::size_t i = 0; i < pack.rules.size(); ++i) {
      auto json = Json::parse(pack.text).value();
      Json& rule = (*json["rules"].array())[i];
      rule["check"] = "not (" + pack.rules[i].check.text() + ")";
      INFO(name << " " << pack.rules[i].id);
      const auto mutant = read_pack(json.write());
      REQUIRE_FALSE(mutant);
      CHECK(mutant.error().message.starts_with("rule " + pack.rules[i].id + ", fixture "));
    }
  }
}

TEST_CASE("a rule that never applies is caught by its failing fixture, for each rule") {
  const Pack pack = pack_of(delivered("cn-smallloan"));
  for (std::size_t i = 0; i < pack.rules.size(); ++i) {
    auto json = Json::parse(pack.text).value();
    (*json["rules"].array())[i]["when"] = "false";
    INFO(pack.rules[i].id);
    CHECK_FALSE(read_pack(json.write()));
  }
}

TEST_CASE("the forty rules stand at the gates, with the severities and the waivers of the plan") {
  const Pack pack = pack_of(delivered("cn-smallloan"));
  std::set<std::string> alarms, warnings, never;
  for (const Rule& rule : pack.rules) {
    if (rule.severity == Severity::alarm) alarms.insert(rule.id);
    if (rule.severity == Severity::warn) warnings.insert(rule.id);
    if (!pack.waivable(rule.id)) never.insert(rule.id);
  }
  CHECK(alarms == std::set<std::string>{"R09", "R22", "R26", "R27", "R31", "R32"});
  CHECK(warnings == std::set<std::string>{"R36"});
  CHECK(never == std::set<std::string>{"R15"});
  CHECK_FALSE(pack.waivable("R99"));
  CHECK(pack.find("R05")->gates == std::vector<std::string>{"open", "hand"});
  CHECK(pack.find("R19")->depends_on().only_state());
  CHECK_FALSE(pack.find("R01")->depends_on().only_state());
}

TEST_CASE("numbers in texts are the pack's parameters") {
  const Pack pack = pack_of(delivered("cn-smallloan"));
  const Words text = pack.with_numbers(pack.find("R11")->text);
  CHECK(text.en ==
        "identity data and transactions are kept at least 10 years after the relationship or the transaction "
        "ends");
  CHECK(text.zh.ends_with("至少保存 10 年"));
}

TEST_CASE("layout does not matter, content does: the digest is over canonical bytes") {
  const Pack pack = pack_of(kSmallPack);
  CHECK(pack_of(Json::parse(kSmallPack)->write_pretty()).digest() == pack.digest());
  CHECK(pack_of(pack.text).text == pack.text);
  CHECK(pack_of(changed("tell everybody", "tell everyone")).digest() != pack.digest());
}

TEST_CASE("a pack is refused with rule, member and column") {
  CHECK(refusal(changed("case.deal == merger", "case.dael == merger")) ==
        "rule R01, when: column 6: there is no attribute `dael` of a case; did you mean `deal`");
  CHECK(refusal(changed("att(pipia,case)\",", "att(pipai,case)\",")) ==
        "rule R01, check: column 38: there is no attestation `pipai`; did you mean `pipia`");
  CHECK(refusal(changed("\"2/2\"", "\"1/2\"")) ==
        "rule R01, fixture pass: comes out as failed, not passed; cov(notice22, h) is 1/2, needs 1");
  CHECK(refusal(changed("\"1/2\"", "\"2/2\"")) == "rule R01, fixture fail: comes out as passed, not failed");
  CHECK(refusal(changed("\"cov(notice22,h)\": \"2/2\"", "\"covv(notice22,h)\": \"2/2\"")) ==
        "rule R01, fixture pass: fact \"covv(notice22,h)\": column 1: there is no function `covv`; did you "
        "mean `cov`");
  CHECK(refusal(changed("\"case.deal\": \"merger\"", "\"case.deal\": \"mergr\"")) ==
        "rule R01, fixture pass: fact \"case.deal\": there is no deal `mergr`; did you mean `merger`");
  CHECK(refusal(changed("\"att(pipia,case)\": true", "\"att(pipia,case)\": 1")) ==
        "rule R01, fixture pass: fact \"att(pipia,case)\": expected yes or no, not a number");
  CHECK(refusal(changed("[\"hand\"]", "[\"hnad\"]")) ==
        "rule R01: there is no gate `hnad`; did you mean `hand`");
  CHECK(refusal(changed("\"id\": \"R02\"", "\"id\": \"R01\"")) == "rule R01 is there twice");
  CHECK(refusal(changed("\"basis\": \"V\"", "\"basis\": \"X\"")) == "rule R01, basis: begins with V, S or M");
  CHECK(refusal(changed("\"law\": \"PIPL 22\"", "\"law\": \"\"")) == "rule R01: names no law");
  CHECK(refusal(changed("keep $keep", "keep $kep")) == "rule R02, text: the pack has no parameter `$kep`");
  CHECK(refusal(changed("$order_within)\",", "30d)\",")).find("parameter `order_within` is not used") !=
        std::string::npos);
  CHECK(refusal(changed("\"10y\"", "\"10yy\""))
            .starts_with("parameter `keep`: column 1: `10yy` is not a duration"));
  CHECK(
      refusal(changed("\"effective\": \"2027-01-01\"", "\"effective\": \"2027-02-30\"")).find("not a date") !=
      std::string::npos);
  CHECK(refusal(changed("[{\"version\": 3", "[{\"version\": 2")) ==
        "changelog: begins with this version, newest first");
  CHECK(refusal(changed("\"zh\": \"去告知\"", "\"zh\": \"\"")).find("both languages") != std::string::npos);
  CHECK(refusal(changed("\"name\": \"small\"", "\"name\": \"Small Pack\"")).find("small letters") !=
        std::string::npos);
  CHECK(refusal(changed("\"note\"", "\"surplus\": 1, \"note\"")).find("surplus") != std::string::npos);
  CHECK(refusal(changed("\"pipia\":", "\"case\":")) == "the word `case` would hide the name `case`");
  CHECK(refusal(changed("\"tag\":", "\"deal\":")) == "packs add no words of the kind `deal`");
  CHECK(refusal("{}").find("type") != std::string::npos);
}

TEST_CASE("a fixture that leaves a fact out that matters is not a fixture") {
  CHECK(refusal(changed("\"case.deal\": \"merger\", \"cov(notice22,h)\": \"1/2\"",
                        "\"cov(notice22,h)\": \"1/2\"")) ==
        "rule R01, fixture fail: comes out as unknown, not failed; case.deal is unknown");
}

}  // namespace
}  // namespace quietus::rules::test
