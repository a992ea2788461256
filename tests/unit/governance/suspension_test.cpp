#include <catch2/catch.hpp>

#include "tests/unit/governance/keyring_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

const CaseId kOther = id<CaseId>("C2");

KeyringStory approved() {
  KeyringStory s;
  s.open_case();
  s.seal_records("R");
  s.propose("O", {"R"});
  s.sign_fully("O");
  return s;
}

}  // namespace

TEST_CASE("whoever opens a case can suspend people in it and nowhere else") {
  KeyringStory s = approved();
  Roles roles;
  roles[Role::approver] = {kBo.id, kOlivia.id};
  s.act(kStranger, OpenCase{kOther, "a trap", "asset", true, roles});
  REQUIRE(s.act(kStranger, SuspendPerson{kBo.id, kOther, "because I can"}).permitted);
  REQUIRE(s.act(kStranger, SuspendPerson{kOlivia.id, kOther, "because I can"}).permitted);
  CHECK(s.state.is_suspended(kOther, kBo.id));
  CHECK_FALSE(s.state.is_suspended(kC, kBo.id));
  CHECK(s.ask(kBo, FreezeHolding{kR, "still at work"}).permitted);
  CHECK(s.ask(kHouse, BeginKeyDestruction{kO, kR}).permitted);
  CHECK(names(s.ask(kBo, SuspendPerson{kStranger.id, kOther, "in return"}), RuleId::suspended));
  CHECK_FALSE(s.ask(kStranger, SuspendPerson{kBo.id, kC, "there too"}).permitted);
}

TEST_CASE("a suspended person neither acts nor signs in the case until another person lifts it") {
  KeyringStory s;
  s.open_case();
  s.seal_records("R");
  s.propose("O", {"R"});
  s.act(kEli, SuspendPerson{kBo.id, kC, "token lost"});
  CHECK(names(s.ask(kBo, Story::signing("O", kBo, s.approval("O", kBo, Role::approver))), RuleId::suspended));
  CHECK(names(s.ask(kBo, FreezeHolding{kR, "why"}), RuleId::suspended));
  const ReinstatePerson lift{kBo.id, kC, "has a new token"};
  CHECK(names(s.ask(kEli, lift), RuleId::reinstate_other));
  CHECK(names(s.ask(kBo, lift), RuleId::suspended));
  CHECK(names(s.ask(kStranger, lift), RuleId::role));
  CHECK(names(s.ask(kWei, ReinstatePerson{kChen.id, kC, "was never suspended"}), RuleId::known));
  CHECK(names(s.ask(kWei, ReinstatePerson{kBo.id, kC, " "}), RuleId::bounds));
  CHECK(s.act(kWei, lift).permitted);
  CHECK(s.sign("O", kBo, Role::approver).permitted);
}

TEST_CASE("a signature that a suspension took away does not come back with the person; they sign again") {
  KeyringStory s = approved();
  s.act(kEli, SuspendPerson{kBo.id, kC, "key lost"});
  CHECK(names(s.ask(kHouse, BeginKeyDestruction{kO, kR}), RuleId::quorum));
  s.act(kWei, ReinstatePerson{kBo.id, kC, "new key"});
  CHECK(names(s.ask(kHouse, BeginKeyDestruction{kO, kR}), RuleId::quorum));
  REQUIRE(s.sign("O", kBo, Role::approver).permitted);
  CHECK(s.ask(kHouse, BeginKeyDestruction{kO, kR}).permitted);
  CHECK(names(s.ask(kBo, Story::signing("O", kBo, s.approval("O", kBo, Role::approver))), RuleId::sign_once));
}

TEST_CASE("a key that is gone is certified, whoever is suspended and whatever is frozen by then") {
  KeyringStory s = approved();
  s.act(kHouse, BeginKeyDestruction{kO, kR});
  CHECK(names(s.ask(kHouse, s.key_gone("O", "R")), RuleId::act_begun));
  REQUIRE(s.act(kHouse, BeginKeyAct{kO, kR, Target::there}).grant);
  s.act(kOlivia, SuspendPerson{kBo.id, kC, "key lost"});
  s.act(kEli, FreezeHolding{kR, "court order"});
  s.clock.now = s.state.find(kO)->order.not_after + 1;
  s.clock.confirmed = false;
  const auto again = s.ask(kHouse, BeginKeyAct{kO, kR, Target::there});
  for (const auto rule : {RuleId::frozen, RuleId::order_window, RuleId::quorum, RuleId::clock_confirmed})
    CHECK(names(again, rule));
  const auto resumed = s.act(kHouse, BeginKeyAct{kO, kR, Target::gone});
  REQUIRE(resumed.grant);
  CHECK(resumed.grant->verb == Verb::destroy);
  CHECK(s.act(kHouse, s.key_gone("O", "R")).permitted);
  CHECK(s.act(kHouse, Story::certificate("O", "R")).permitted);
  const auto& record = *s.state.find(kO);
  CHECK(quorum(record, record.line(kR)->acted, record.line(kR)->acted_index).counted.size() == 5);
}

TEST_CASE("an act that never began cannot be resumed, and one that is begun again is decided again") {
  KeyringStory s = approved();
  s.act(kHouse, BeginKeyDestruction{kO, kR});
  CHECK(names(s.ask(kHouse, BeginKeyAct{kO, kR, Target::gone}), RuleId::act_begun));
  s.act(kHouse, BeginKeyAct{kO, kR, Target::there});
  const auto first = s.state.find(kO)->line(kR)->acted_index;
  s.act(kHouse, BeginKeyAct{kO, kR, Target::gone});
  CHECK(s.state.find(kO)->line(kR)->acted_index == first);
  s.act(kOlivia, SuspendPerson{kBo.id, kC, "key lost"});
  s.act(kWei, ReinstatePerson{kBo.id, kC, "new key"});
  s.sign("O", kBo, Role::approver);
  s.act(kHouse, BeginKeyAct{kO, kR, Target::there});
  CHECK(s.state.find(kO)->line(kR)->acted_index > first);
  CHECK(s.ask(kHouse, s.key_gone("O", "R")).permitted);
}
