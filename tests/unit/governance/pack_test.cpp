#include "governance/pack.hpp"

#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "base/json.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

Json builtin_json() { return Json::parse_canonical(builtin_0().text).value(); }

}  // namespace

TEST_CASE("the builtin pack is canonical, named, complete and digested over its text") {
  const Pack& pack = builtin_0();
  CHECK(pack.name == "builtin-0");
  CHECK(pack.digest() == sha256(pack.text));
  CHECK(parse_pack(pack.text).value() == pack);
  for (const RuleId rule : all_rules()) {
    const Rule& words = pack.rules.at(rule);
    CHECK(rule_id_from(to_string(rule)) == rule);
    for (const auto* text : {&words.clause, &words.text_en, &words.text_zh, &words.next_step})
      CHECK_FALSE(text->empty());
  }
  CHECK(pack.irreversible.contains(Verb::destroy));
  CHECK(pack.irreversible.contains(Verb::issue_mandate));
}

TEST_CASE("a pack that leaves out a rule, or names an unknown one, is refused") {
  for (const RuleId rule : all_rules()) {
    Json json = builtin_json();
    json["rules"].object()->erase(std::string(to_string(rule)));
    CHECK_FALSE(parse_pack(json.write()));
  }
  Json json = builtin_json();
  json["rules"]["be_lenient"] = json["rules"]["frozen"];
  CHECK_FALSE(parse_pack(json.write()));
}

TEST_CASE("a pack must be canonical and end with a profile for everything") {
  CHECK_FALSE(parse_pack(builtin_0().text + " "));
  CHECK_FALSE(parse_pack(builtin_json().write_pretty()));
  Json json = builtin_json();
  json["profiles"].array()->pop_back();
  CHECK_FALSE(parse_pack(json.write()));
  Json unknown_verb = builtin_json();
  unknown_verb["irreversible"].array()->emplace_back("regret");
  CHECK_FALSE(parse_pack(unknown_verb.write()));
  Json unknown_member = builtin_json();
  unknown_member["waivers"] = Json::Array{};
  CHECK_FALSE(parse_pack(unknown_member.write()));
}

TEST_CASE("two requirements together are the stricter in every part") {
  const Requirement a{1, 2, false, true}, b{3, 1, true, false};
  CHECK(strictest(a, b) == Requirement{3, 2, true, true});
  CHECK(strictest(b, a) == strictest(a, b));
}
