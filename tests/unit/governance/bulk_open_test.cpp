// What one person opens without an order is bounded; beyond that an approved order names the holdings. And
// orders that have run out end by themselves.
#include <catch2/catch.hpp>

#include "tests/unit/governance/phase_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

/// Sealed record sets "A", "B" …, of which one person opens two in a day, with 250 people in them.
KeyringStory with_many_records(int count = 4) {
  KeyringStory s;
  open_transfer(s);
  s.pack.by_order = {OrderAct::open, OrderAct::thaw};
  s.pack.bulk_open = BulkOpen{2, 250, 24};
  for (char name = 'A'; name < 'A' + count; ++name) {
    const std::string text(1, name);
    declare_copy(s, text, HoldingKind::record_set, CopyKind::original);
    auto is = classing(text);
    is.classification.subjects = 100;
    s.act(kOlivia, is);
    seal_copy(s, text);
  }
  return s;
}
bool opens(Story& s, const std::string& name, const Person& who = kOlivia) {
  return s.act(who, opening(name)).permitted;
}
bool wants_order(Story& s, const std::string& name) {
  return names(s.ask(kOlivia, opening(name)), RuleId::act_ordered);
}

}  // namespace

TEST_CASE("more holdings than one person opens in a day are opened under an order that names them") {
  KeyringStory s = with_many_records();
  REQUIRE(opens(s, "A"));
  REQUIRE(opens(s, "B"));
  CHECK(opens(s, "A"));  // the same again is no more
  CHECK(wants_order(s, "C"));
  const std::string order = order_act(s, OrderAct::open, {"C"});
  REQUIRE(s.order_state(order) == OrderState::approved);
  CHECK(wants_order(s, "D"));  // exactly that scope
  const Decision opened = s.act(kOlivia, opening("C"));
  INFO(opened.why());
  REQUIRE(opened.permitted);
  CHECK(opened.grant->valid_until <= s.state.find(id<OrderId>(order))->order.not_after);
  CHECK(opens(s, "C"));  // as often as it takes, while the order runs
  CHECK(s.order_state(order) == OrderState::approved);
  REQUIRE(s.act(kEli, WithdrawOrder{id<OrderId>(order), "enough"}).permitted);
  CHECK(wants_order(s, "C"));
}

TEST_CASE("what was opened a day ago is not reckoned any more") {
  KeyringStory s = with_many_records();
  opens(s, "A");
  opens(s, "B");
  s.clock.now = s.clock.now + 24 * Story::kHour + -2500;  // less than a day after the first
  CHECK(wants_order(s, "C"));
  s.clock.now = s.clock.now + 2000;
  CHECK(opens(s, "C"));
}

TEST_CASE("people are reckoned as well as holdings") {
  KeyringStory s = with_many_records();
  s.pack.bulk_open = BulkOpen{10, 250, 24};
  CHECK(opens(s, "A"));
  CHECK(opens(s, "B"));
  CHECK(wants_order(s, "C"));
  s.pack.bulk_open->subjects = 99;
  CHECK(wants_order(s, "D"));
  s.pack.bulk_open.reset();
  CHECK(opens(s, "D"));
}

TEST_CASE("who approved the opening does not open, and an order that is not approved opens nothing") {
  KeyringStory s = with_many_records();
  s.pack.bulk_open->subjects = 50;
  s.pack.roles[Verb::release_data_key].insert(Role::approver);
  s.pack.roles[Verb::open].insert(Role::approver);
  ProposeOrder command = s.proposal("O", {"A"});
  command.act = OrderAct::open;
  REQUIRE(s.act(kOlivia, command).permitted);
  CHECK(names(s.ask(kOlivia, opening("A")), RuleId::order_state));
  sign_all(s, "O");
  CHECK(names(s.ask(kBo, opening("A")), RuleId::duties_apart));
  CHECK(s.ask(kOlivia, opening("A")).permitted);
}

TEST_CASE("credentials are opened under an order, and without one by broken glass alone") {
  KeyringStory s = with_many_records(1);
  auto secret = classing("A", HoldingClass::C3, 4);
  secret.classification.subjects = 100;
  REQUIRE(s.act(kOlivia, secret).permitted);
  CHECK(names(s.ask(kOlivia, opening("A")), RuleId::glass));
  order_act(s, OrderAct::open, {"A"});
  CHECK(s.ask(kOlivia, opening("A")).permitted);
  s.clock.now = s.clock.now + 25 * Story::kHour;
  CHECK(names(s.ask(kOlivia, opening("A")), RuleId::glass));
}

TEST_CASE("an order that has run out binds nothing: another is proposed, and nobody withdraws it") {
  KeyringStory s = with_many_records(1);
  const std::string first = order_act(s, OrderAct::open, {"A"});
  ProposeOrder again = s.proposal("again", {"A"});
  again.act = OrderAct::open;
  CHECK(names(s.ask(kOlivia, again), RuleId::one_order));
  s.clock.now = s.state.find(id<OrderId>(first))->order.not_after;
  CHECK(s.state.find(id<OrderId>(first))->state_at(s.clock.now) == OrderState::approved);
  s.clock.now = s.clock.now + 1;
  CHECK(s.state.find(id<OrderId>(first))->state_at(s.clock.now) == OrderState::lapsed);
  again = s.proposal("again", {"A"});
  again.act = OrderAct::open;
  REQUIRE(s.act(kOlivia, again).permitted);
  sign_all(s, "again");
  CHECK(s.state.live_order(*s.state.find(kC), OrderAct::open, id<HoldingId>("A"))->order.id ==
        id<OrderId>("again"));
  REQUIRE(s.act(kEli, WithdrawOrder{id<OrderId>(first), "tidying up"}).permitted);
  CHECK(s.state.live_order(*s.state.find(kC), OrderAct::open, id<HoldingId>("A")) != nullptr);
}

TEST_CASE("an order to destroy that has run out does not lapse: its lines are given up one by one") {
  KeyringStory s = with_many_records(1);
  advance_to(s, CasePhase::disposing);
  s.propose("O", {"A"});
  sign_all(s, "O");
  CHECK_FALSE(s.state.find(id<OrderId>("O"))->lapsed(s.clock.now + 100 * Story::kHour));
}

TEST_CASE("a lapsed order is not in the way of closing the case") {
  KeyringStory s = with_many_records(1);
  order_act(s, OrderAct::open, {"A"});
  advance_to(s, CasePhase::disposing);
  sign_receipt(s, "A");
  REQUIRE(s.act(kOlivia, ending(s, "A", HoldingEnd::surrendered)).permitted);
  CHECK(names(s.ask(kOlivia, CloseCase{kC}), RuleId::close_terminal));
  s.clock.now = s.clock.now + 25 * Story::kHour;
  CHECK(s.ask(kOlivia, CloseCase{kC}).permitted);
}

TEST_CASE("the freeze of a case is lifted under an order of its own, by another than who froze it") {
  KeyringStory s = with_many_records(1);
  s.act(kEli, FreezeCase{kC, "an inquiry"});
  CHECK(names(s.ask(kBo, ThawCase{kC, "over"}), RuleId::act_ordered));
  ProposeOrder of_holding = s.proposal("OH", {"A"});
  of_holding.act = OrderAct::thaw;
  CHECK(names(s.ask(kOlivia, of_holding), RuleId::case_frozen));
  const std::string order = order_act(s, OrderAct::thaw, {});
  REQUIRE(s.order_state(order) == OrderState::approved);
  CHECK(names(s.ask(kEli, ThawCase{kC, "over"}), RuleId::thaw_other));
  CHECK(names(s.ask(kBo, ThawCase{kC, "over"}), RuleId::duties_apart));
  REQUIRE(s.act(kOlivia, ThawCase{kC, "over"}).permitted);
  CHECK_FALSE(s.state.find(kC)->frozen);
  CHECK(s.order_state(order) == OrderState::done);
  ProposeOrder twice = s.proposal("OT", {});
  twice.act = OrderAct::thaw;
  CHECK(names(s.ask(kOlivia, twice), RuleId::case_step));
}
