// I6: what is to move has a backup that was restored on trial.
#include <catch2/catch.hpp>

#include "tests/unit/governance/phase_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

/// An original "A" with a backup "B", in a case that is cleared.
KeyringStory cleared(const std::string& deal = "asset", HoldingClass holding_class = HoldingClass::C2) {
  KeyringStory s;
  open_transfer(s, deal);
  s.pack.rules = builtin_0().rules;
  original(s, holding_class);
  declare_copy(s, "B", HoldingKind::record_set, CopyKind::backup, "A");
  seal_copy(s, "B");
  advance_to(s, CasePhase::cleared);
  REQUIRE(s.state.find(kC)->phase == CasePhase::cleared);
  return s;
}
AttestationId restored(Story& s, const std::string& backup = "B", const std::string& result = "passed") {
  return attest(s, "restore_test", about(backup), {{"result", result}});
}
Decision moving(Story& s) { return s.ask(kOlivia, AdvanceCase{kC, CasePhase::moving}); }
bool refused(const Decision& decision) { return !decision.permitted && names(decision, RuleId::restorable); }

}  // namespace

TEST_CASE("a case moves when a backup of every original was restored on trial") {
  KeyringStory s = cleared();
  CHECK(refused(moving(s)));
  restored(s);
  CHECK(moving(s).permitted);
  declare_copy(s, "A2", HoldingKind::record_set, CopyKind::original);
  const Decision denied = moving(s);
  REQUIRE(refused(denied));
  CHECK(denied.why().contains("A2"));
  CHECK_FALSE(denied.why().contains("A,"));
}

TEST_CASE("a test that failed, was taken back, or is of what was there before counts for nothing") {
  KeyringStory s = cleared();
  restored(s, "B", "failed");
  CHECK(refused(moving(s)));
  take_back(s, restored(s));
  CHECK(refused(moving(s)));
  declare_copy(s, "B2", HoldingKind::record_set, CopyKind::backup, "A");
  restored(s, "B2");
  s.clock.now = s.clock.now + Story::kHour;
  seal_copy(s, "B2");
  CHECK(refused(moving(s)));
  restored(s, "B2");
  CHECK(moving(s).permitted);
}

TEST_CASE("the restored original, an extract and another's backup are no backup") {
  KeyringStory s = cleared();
  restored(s, "A");
  declare_copy(s, "E", HoldingKind::record_set, CopyKind::extract, "A");
  seal_copy(s, "E");
  restored(s, "E");
  CHECK(refused(moving(s)));
  declare_copy(s, "BE", HoldingKind::record_set, CopyKind::backup, "E");
  seal_copy(s, "BE");
  restored(s, "BE");
  CHECK(refused(moving(s)));
}

TEST_CASE("a backup that was never sealed restores nothing") {
  KeyringStory s = cleared();
  declare_copy(s, "B2", HoldingKind::record_set, CopyKind::backup, "A");
  restored(s, "B2");
  CHECK(refused(moving(s)));
}

TEST_CASE("what is only ever destroyed, and what stays with its company, needs none") {
  KeyringStory credentials = cleared("asset", HoldingClass::C3);
  CHECK(moving(credentials).permitted);
  KeyringStory shares = cleared("equity");
  CHECK(moving(shares).permitted);
}

TEST_CASE("what came in while the case was moving is not accepted without a backup") {
  KeyringStory s = cleared();
  restored(s);
  REQUIRE(advance(s, CasePhase::moving));
  declare_copy(s, "A2", HoldingKind::record_set, CopyKind::original);
  CHECK(refused(s.ask(kOlivia, AdvanceCase{kC, CasePhase::accepted})));
  CHECK(s.ask(kOlivia, AdvanceCase{kC, CasePhase::aborted}).permitted);
}

TEST_CASE("nothing is handed over of which no backup was ever tested, and a backup may have ended by then") {
  KeyringStory s = cleared();
  const AttestationId word = restored(s);
  declare_copy(s, "T", HoldingKind::record_set, CopyKind::transferee_copy, "A");
  seal_copy(s, "T");
  advance_to(s, CasePhase::disposing);
  const auto handed = [&] { return s.ask(kOlivia, ending(s, "T", HoldingEnd::transferred)); };
  REQUIRE(handed().permitted);
  s.act(kOlivia, s.proposal("O", {"B"}));
  sign_all(s, "O");
  s.act(kHouse, BeginKeyDestruction{id<OrderId>("O"), id<HoldingId>("B")});
  s.act(kHouse, BeginKeyAct{id<OrderId>("O"), id<HoldingId>("B"), Target::there});
  s.act(kHouse, s.key_gone("O", "B"));
  REQUIRE(s.state.find(id<HoldingId>("B"))->state == HoldingState::destroyed);
  CHECK(handed().permitted);
  take_back(s, word);
  CHECK(refused(handed()));
}
