// The pack over a whole case: every rule once, with what misses it.
#include "governance/case_check.hpp"

#include <catch2/catch.hpp>

#include "governance/case_facts.hpp"
#include "tests/unit/governance/transfer_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

/// A merger with three record sets; everybody who was notified of the first has been.
TransferStory merger() {
  TransferStory s;
  s.open_transfer();
  for (const char* name : {"R", "S", "T"}) s.records(name);
  s.attest(kBo, "notice22", about(id<HoldingId>("R")), {{"covered", "100"}, {"total", "100"}});
  s.attest(kBo, "notice22", about(id<HoldingId>("S")), {{"covered", "99"}, {"total", "100"}});
  return s;
}

CaseCheck check(const TransferStory& s, std::string_view gate = "") {
  return check_case(s.state, s.pack, *s.state.find(kTransfer), kOlivia.id, gate, s.clock.now);
}

const CheckedRule& rule(const CaseCheck& check, std::string_view id) {
  const auto found =
      std::ranges::find_if(check.rules, [&](const CheckedRule& one) { return one.result.id == id; });
  REQUIRE(found != check.rules.end());
  return *found;
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("a check shows every rule of the pack once, with the holdings that miss it") {
  const TransferStory s = merger();
  const CaseCheck all = check(s);
  REQUIRE(all.rules.size() == s.pack.statutes->rules.size());
  const CheckedRule& notices = rule(all, "R01");
  CHECK(notices.about == "holding");
  CHECK(notices.asked == 3);
  CHECK(notices.result.outcome == rules::Outcome::failed);
  CHECK(notices.missed == Ids{"S", "T"});  // one in a hundred left out, and nothing known
  REQUIRE_FALSE(notices.result.reasons.empty());
  CHECK(rules::english(notices.result.reasons.front()).find("99/100") != std::string::npos);
  CHECK(rule(all, "R25").result.outcome == rules::Outcome::passed);
  CHECK(rule(all, "R20").result.outcome == rules::Outcome::not_applicable);
  CHECK(rule(all, "R20").missed.empty());
  CHECK(all.blocked());
}

TEST_CASE("at one gate only its rules are shown, and at one that nothing stands at, none") {
  const TransferStory s = merger();
  const CaseCheck close = check(s, "close");
  CHECK_FALSE(close.rules.empty());
  for (const auto& one : close.rules) CHECK(one.rule->stands_at("close"));
  CHECK(check(s, "no such gate").rules.empty());
}

TEST_CASE("what is missing for everybody is unknown, and goes when it is said") {
  TransferStory s = merger();
  CHECK(rule(check(s, "hand"), "R28").missed == Ids{"R", "S", "T"});
  s.attest(kBo, "notice22", about(id<HoldingId>("S")), {{"covered", "100"}, {"total", "100"}});
  s.attest(kBo, "notice22", about(id<HoldingId>("T")), {{"covered", "100"}, {"total", "100"}});
  const CaseCheck now = check(s, "hand");
  CHECK(rule(now, "R01").result.outcome == rules::Outcome::passed);
  CHECK(rule(now, "R01").missed.empty());
}

TEST_CASE("a check is byte for byte the same for equal states, whenever it is asked") {
  TransferStory s = merger();
  const std::string first = to_json(check(s)).write();
  const State again = s.state;
  s.clock.now = s.clock.now + 1000;
  CHECK(to_json(check_case(again, s.pack, *again.find(kTransfer), kOlivia.id, "", s.clock.now)).write() ==
        first);
  s.attest(kBo, "notice22", about(id<HoldingId>("S")), {{"covered", "100"}, {"total", "100"}});
  CHECK(to_json(check(s)).write() != first);
}

TEST_CASE("of very many holdings that miss a rule the first are named and the rest counted") {
  TransferStory s = merger();
  for (std::size_t i = 0; i < kMaxMissesShown; ++i) s.records("more-" + std::to_string(i));
  const CheckedRule notices = rule(check(s), "R01");
  CHECK(notices.missed.size() == kMaxMissesShown);
  CHECK(notices.more_missed == 2);
  CHECK(notices.asked == kMaxMissesShown + 3);
}

TEST_CASE("a case under the house's rules alone has nothing to check") {
  TransferStory s = merger();
  CHECK(
      check_case(s.state, builtin_0(), *s.state.find(kTransfer), kOlivia.id, "", s.clock.now).rules.empty());
}

TEST_CASE("what blocks a holding in the check denies the act in the rule's name, and nothing else does") {
  TransferStory s = merger();
  Classification is = s.ordinary();
  is.tags = {"kyc"};
  is.ended = s.clock.now;
  s.records("K", is);
  Party old = TransferStory::party("old", PartyRole::transferor);
  old.aml = true;
  s.act(kOlivia, DeclareParty{kTransfer, old});
  const CaseCheck destroy = check(s, "destroy");
  CHECK(rule(destroy, "R11").missed == Ids{"K"});
  for (const char* name : {"R", "K"}) {
    const bool named =
        std::ranges::find(rule(destroy, "R11").missed, name) != rule(destroy, "R11").missed.end();
    CHECK(denied_by(s.ask(kOlivia, s.proposal("O", {name})), "R11") == named);
  }
}
