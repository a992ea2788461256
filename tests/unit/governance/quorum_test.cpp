#include "governance/quorum.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/governance/story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

Story proposed() {
  Story story;
  story.open_case();
  story.declare_disk("D");
  story.propose("O", {"D"});
  return story;
}

const OrderRecord& order_of(const Story& story) { return *story.state.find(id<OrderId>("O")); }

}  // namespace

TEST_CASE("each of the five signatures that customer data need is needed") {
  const std::vector<std::pair<Person, Role>> all = {{kOlivia, Role::proposer},
                                                    {kBo, Role::approver},
                                                    {kChen, Role::approver},
                                                    {kDara, Role::responsible},
                                                    {kWei, Role::witness}};
  for (const auto& [absent, unused] : all) {
    Story story = proposed();
    for (const auto& [who, role] : all) {
      if (who.id != absent.id) story.sign("O", who, role);
    }
    INFO(absent.id.text());
    CHECK(story.order_state("O") == OrderState::proposed);
    CHECK_FALSE(quorum(order_of(story), story.clock.now).reached());
    CHECK_FALSE(story.ask(id<HostId>("host-1"), story.mandate("O", "D")).permitted);
  }
}

TEST_CASE("two approvers of one department are not enough, nor is one without a department") {
  for (const std::string department : {"compliance", ""}) {
    Story story = proposed();
    Person chen = kChen;
    chen.department = department;
    story.sign("O", kOlivia, Role::proposer);
    story.sign("O", kBo, Role::approver);
    story.sign("O", chen, Role::approver);
    story.sign("O", kDara, Role::responsible);
    story.sign("O", kWei, Role::witness);
    CHECK(story.order_state("O") == OrderState::proposed);
  }
}

TEST_CASE("a signature stops counting at the moment it expires") {
  Story story = proposed();
  story.sign_fully("O");
  UnixMs earliest = order_of(story).signatures.front().not_after;
  for (const auto& s : order_of(story).signatures) earliest = std::min(earliest, s.not_after);
  CHECK(quorum(order_of(story), earliest + -1).reached());
  CHECK_FALSE(quorum(order_of(story), earliest).reached());
  story.clock.now = earliest;
  CHECK(names(story.ask(id<HostId>("host-1"), story.mandate("O", "D")), RuleId::quorum));
}

TEST_CASE("a rejection ends the order at once and for good") {
  Story story = proposed();
  story.sign("O", kOlivia, Role::proposer);
  auto no = story.approval("O", kBo, Role::approver);
  no.decision = ApprovalDecision::reject;
  CHECK(story.act(kBo, Story::signing("O", kBo, no)).permitted);
  CHECK(story.order_state("O") == OrderState::withdrawn);
  CHECK_FALSE(
      story.ask(kChen, Story::signing("O", kChen, story.approval("O", kChen, Role::approver))).permitted);
  CHECK(story.propose("O2", {"D"}).permitted);
}

TEST_CASE("a suspended signer is replaced by another, and the order goes on") {
  Story story;
  Roles roles;
  roles[Role::approver] = {kBo.id, kChen.id, kEli.id};
  roles[Role::responsible] = {kDara.id};
  roles[Role::witness] = {kWei.id};
  story.act(kOlivia, OpenCase{id<CaseId>("C"), "a case", "asset", true, roles});
  story.declare_disk("D");
  story.propose("O", {"D"});
  story.sign_fully("O");
  story.act(kOlivia, SuspendPerson{kBo.id, id<CaseId>("C"), "key lost"});
  CHECK(names(story.ask(id<HostId>("host-1"), story.mandate("O", "D")), RuleId::quorum));
  CHECK(names(story.ask(kBo, FreezeHolding{id<HoldingId>("D"), "why"}), RuleId::suspended));
  CHECK(story.sign("O", kEli, Role::approver).permitted);
  CHECK(story.ask(id<HostId>("host-1"), story.mandate("O", "D")).permitted);
}

TEST_CASE("a signer who is suspended while the disk is overwritten takes the certificate away") {
  Story story = proposed();
  story.sign_fully("O");
  const HostId host = id<HostId>("host-1");
  story.act(host, story.mandate("O", "D"));
  story.act(kOlivia, SuspendPerson{kBo.id, id<CaseId>("C"), "key stolen"});
  CHECK(names(story.ask(host, Story::sample("O", "D")), RuleId::quorum));
  CHECK(
      story.act(kHouse, FailHolding{id<OrderId>("O"), id<HoldingId>("D"), "a signature was lost"}).permitted);
  CHECK(story.holding_state("D") == HoldingState::destroy_failed);
}

TEST_CASE("evidence that comes after the window or a signature's term still counts for what began within") {
  Story story = proposed();
  story.sign_fully("O");
  const HostId host = id<HostId>("host-1");
  story.act(host, story.mandate("O", "D"));
  story.clock.now = story.clock.now + 40 * Story::kHour;
  story.clock.confirmed = false;
  CHECK(story.act(host, Story::sample("O", "D")).permitted);
  CHECK(story.act(host, story.completion("O", "D")).permitted);
}

TEST_CASE("one certificate does not count for two people") {
  Story story = proposed();
  Person chen = kChen;
  story.sign("O", kOlivia, Role::proposer);
  story.sign("O", kBo, Role::approver);
  chen.certificate = kBo.certificate;
  const SignOrder with_bos_certificate{
      id<OrderId>("O"), SignedStatement{proof::encode(story.approval("O", kChen, Role::approver)),
                                        to_bytes("certificate of bo"), to_bytes("signature")}};
  CHECK(names(story.ask(chen, with_bos_certificate), RuleId::duties_apart));
}

TEST_CASE("there is exactly one responsible person") {
  Story story;
  Roles roles;
  roles[Role::responsible] = {kDara.id, kWei.id};
  story.act(kOlivia, OpenCase{id<CaseId>("C"), "a case", "asset", true, roles});
  story.declare_disk("D");
  story.propose("O", {"D"});
  CHECK(story.sign("O", kDara, Role::responsible).permitted);
  CHECK(names(story.ask(kWei, Story::signing("O", kWei, story.approval("O", kWei, Role::responsible))),
              RuleId::duties_apart));
}

TEST_CASE("signatures that should never have been taken do not count either") {
  const auto signature = [](const Person& who, Role role) {
    Signature made;
    made.person = who;
    made.role = role;
    made.decision = ApprovalDecision::approve;
    made.not_after = {1000};
    made.payload_digest = sha256(who.id.text() + std::string(to_string(role)));
    return made;
  };
  OrderRecord record;
  record.order.proposer = kOlivia.id;
  record.order.requirement = {2, 1, false, false};
  const auto reached = [&](const std::vector<Signature>& signatures) {
    record.signatures = signatures;
    return quorum(record, {1}).reached();
  };
  const Signature proposer = signature(kOlivia, Role::proposer), bo = signature(kBo, Role::approver),
                  chen = signature(kChen, Role::approver);
  CHECK(reached({proposer, bo, chen}));
  CHECK_FALSE(reached({proposer, bo, signature(kOlivia, Role::approver)}));
  CHECK_FALSE(reached({signature(kOlivia, Role::approver), bo, chen}));
  CHECK_FALSE(reached({signature(kDara, Role::proposer), bo, chen}));
  CHECK_FALSE(reached({proposer, bo, bo}));
  Signature twin = chen;
  twin.person.certificate = kBo.certificate;
  CHECK_FALSE(reached({proposer, bo, twin}));
  record.order.requirement = {0, 0, false, false};
  CHECK_FALSE(reached({proposer}));
}
