#include "tests/unit/governance/story.hpp"

#include <catch2/catch.hpp>

using namespace quietus;
using namespace quietus::governance;

TEST_CASE("a disk and a record set of one order end certified, media first and keys last") {
  Story story;
  story.open_case();
  story.declare_disk("D");
  story.seal_records("R");
  REQUIRE(story.propose("O", {"D", "R"}).permitted);
  story.sign_fully("O");
  REQUIRE(story.order_state("O") == OrderState::approved);

  const auto early = story.ask(kHouse, BeginKeyDestruction{id<OrderId>("O"), id<HoldingId>("R")});
  CHECK_FALSE(early.permitted);
  CHECK(names(early, RuleId::media_first));

  story.erase_disk("O", "D");
  CHECK(story.holding_state("D") == HoldingState::destroyed);
  CHECK(story.order_state("O") == OrderState::running);
  story.shred_key("O", "R");
  CHECK(story.holding_state("R") == HoldingState::destroyed);

  CHECK_FALSE(story.ask(kHouse, EndOrder{id<OrderId>("O")}).permitted);
  CHECK(story.act(kHouse, Story::certificate("O", "D")).permitted);
  CHECK(story.act(kHouse, Story::certificate("O", "R")).permitted);
  CHECK(story.act(kHouse, EndOrder{id<OrderId>("O")}).permitted);
  CHECK(story.order_state("O") == OrderState::certified);
  CHECK(story.act(kOlivia, CloseCase{id<CaseId>("C")}).permitted);
  CHECK_FALSE(story.ask(kOlivia, ReleaseDataKeys{id<KeyId>("K-R"), "open", 1}).permitted);
}

TEST_CASE("a plain disposal needs one proposer and one other person") {
  Story story;
  story.open_case("disposal", false);
  story.declare_disk("D", false);
  story.propose("O", {"D"});
  CHECK(story.state.find(id<OrderId>("O"))->order.requirement == Requirement{1, 1, false, false});
  story.sign("O", kOlivia, Role::proposer);
  CHECK(story.order_state("O") == OrderState::proposed);
  story.sign("O", kBo, Role::approver);
  CHECK(story.order_state("O") == OrderState::approved);
}

TEST_CASE("one holding with customer data makes the whole order strict") {
  Story story;
  story.open_case("disposal", false);
  story.declare_disk("plain", false);
  story.declare_disk("customers", true);
  for (const auto& holdings : {std::vector<std::string>{"plain", "customers"}, {"customers", "plain"}}) {
    const auto decision = story.ask(kOlivia, story.proposal("O", holdings));
    REQUIRE(decision.permitted);
    CHECK(std::get<OrderProposed>(decision.events[0].body).order.requirement ==
          Requirement{2, 2, true, true});
  }
}

TEST_CASE("a disk that says it has no customer data is strict all the same in a case that has") {
  Story story;
  story.open_case("disposal", true);
  story.declare_disk("D", false);
  story.propose("O", {"D"});
  CHECK(story.state.find(id<OrderId>("O"))->order.requirement.approvers == 2);
}

TEST_CASE("an order of which one line failed ends partly, and the failed holding may be ordered again") {
  Story story;
  story.open_case();
  story.declare_disk("A");
  story.declare_disk("B");
  story.propose("O", {"A", "B"});
  story.sign_fully("O");
  story.erase_disk("O", "A");
  story.act(id<HostId>("host-1"), story.mandate("O", "B"));
  CHECK(story.act(id<HostId>("host-1"), FailHolding{id<OrderId>("O"), id<HoldingId>("B"), "bad sectors"})
            .permitted);
  CHECK(story.holding_state("B") == HoldingState::destroy_failed);
  CHECK_FALSE(story.ask(kHouse, Story::certificate("O", "B")).permitted);
  story.act(kHouse, Story::certificate("O", "A"));
  CHECK(story.act(kHouse, EndOrder{id<OrderId>("O")}).permitted);
  CHECK(story.order_state("O") == OrderState::partly);
  CHECK(story.propose("O2", {"B"}).permitted);
}

TEST_CASE("a line that failed before anything began leaves its holding as it was") {
  Story story;
  story.open_case();
  story.seal_records("R");
  story.propose("O", {"R"});
  story.sign_fully("O");
  CHECK(story.act(kHouse, FailHolding{id<OrderId>("O"), id<HoldingId>("R"), "window is over"}).permitted);
  CHECK(story.holding_state("R") == HoldingState::sealed);
  CHECK(story.act(kHouse, EndOrder{id<OrderId>("O")}).permitted);
  CHECK(story.order_state("O") == OrderState::failed);
  CHECK(story.act(kOlivia, ReleaseDataKeys{id<KeyId>("K-R"), "open", 1}).permitted);
}

TEST_CASE("a resume after a crash takes a fresh nonce and the same plan") {
  Story story;
  story.open_case();
  story.declare_disk("D");
  story.propose("O", {"D"});
  story.sign_fully("O");
  const HostId host = id<HostId>("host-1");
  REQUIRE(story.act(host, story.mandate("O", "D", "1")).permitted);
  auto other_plan = story.mandate("O", "D", "2");
  other_plan.plan.pattern = OverwritePattern::stream;
  CHECK(names(story.ask(host, other_plan), RuleId::plan));
  REQUIRE(story.act(host, story.mandate("O", "D", "2")).permitted);
  story.act(host, Story::sample("O", "D"));
  REQUIRE(story.act(host, story.mandate("O", "D", "3")).permitted);  // crash after the sample: all over again
  CHECK_FALSE(story.ask(host, story.completion("O", "D")).permitted);
  story.act(host, Story::sample("O", "D"));
  CHECK(story.act(host, story.completion("O", "D")).permitted);
}

TEST_CASE("the end of a key is begun again after a crash, each time with its own event and permit") {
  Story story;
  story.open_case();
  story.seal_records("R");
  story.propose("O", {"R"});
  story.sign_fully("O");
  const BeginKeyDestruction begin{id<OrderId>("O"), id<HoldingId>("R")};
  for (int attempt = 1; attempt <= 3; ++attempt) {
    const auto decision = story.act(kHouse, begin);
    REQUIRE(decision.permitted);
    REQUIRE(decision.grant);
    CHECK(decision.grant->verb == Verb::destroy);
    CHECK(decision.grant->subject == "K-R");
    CHECK(decision.events.size() == 1);
  }
  CHECK(story.state.find(id<OrderId>("O"))->lines.front().attempts == 3);
}

TEST_CASE("a grant lives no longer than the earliest fact it rests on") {
  Story story;
  story.open_case();
  story.declare_disk("D");
  story.propose("O", {"D"});
  story.sign("O", kOlivia, Role::proposer);
  story.sign("O", kBo, Role::approver);
  story.sign("O", kChen, Role::approver);
  story.sign("O", kDara, Role::responsible);
  auto brief = story.approval("O", kWei, Role::witness);
  brief.not_after = story.clock.now + 60'000;
  story.act(kWei, Story::signing("O", kWei, brief));
  const auto decision = story.ask(id<HostId>("host-1"), story.mandate("O", "D"));
  REQUIRE(decision.permitted);
  CHECK(decision.grant->valid_until == brief.not_after);
}

TEST_CASE("data keys that were asked for are entered in the export ledger with who and what for") {
  Story story;
  story.open_case();
  story.declare_records("R");
  const auto decision = story.act(kOlivia, ReleaseDataKeys{id<KeyId>("K-R"), "seal", 7});
  REQUIRE(decision.grant);
  CHECK(decision.grant->uses == 7);
  const auto& releases = story.state.find(id<HoldingId>("R"))->releases;
  REQUIRE(releases.size() == 1);
  CHECK(releases[0].to == kOlivia.id);
  CHECK(releases[0].data_keys == 7);
}

TEST_CASE("a denial gives every reason, not only the first") {
  Story story;
  story.open_case();
  story.declare_disk("D");
  story.act(kBo, FreezeHolding{id<HoldingId>("D"), "complaint"});
  story.clock.confirmed = false;
  const HoldingId holding = id<HoldingId>("D");
  const auto answer = may(story.state, story.pack, &kStranger, Verb::destroy, &holding, nullptr, story.clock);
  CHECK_FALSE(answer.permitted);
  for (const auto rule : {RuleId::role, RuleId::frozen, RuleId::clock_confirmed, RuleId::order_state})
    CHECK(names(answer, rule));
  for (const auto& reason : answer.reasons) {
    CHECK_FALSE(reason.text_zh.empty());
    CHECK_FALSE(reason.next_step.empty());
  }
}
