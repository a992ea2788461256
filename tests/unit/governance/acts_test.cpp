// Orders of other acts than destruction: what may be proposed, what they permit, and that nothing is done
// without them.
#include <catch2/catch.hpp>

#include "tests/unit/governance/phase_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

/// A case in which only orders permit what the delivered rules say.
Story by_orders(CasePhase phase = CasePhase::draft) {
  Story s;
  open_transfer(s);
  s.pack.by_order = builtin_0().by_order;
  original(s);
  advance_to(s, phase == CasePhase::draft ? phase : std::min(phase, CasePhase::moving));
  if (phase < CasePhase::moving) return s;
  declare_copy(s, "T", HoldingKind::record_set, CopyKind::transferee_copy, "A");
  seal_copy(s, "T");
  advance_to(s, phase);
  return s;
}
Story frozen_by_eli() {
  Story s = by_orders();
  s.act(kEli, FreezeHolding{kA, "a doubt"});
  return s;
}
ProposeOrder proposing(const Story& s, OrderAct act, const std::vector<std::string>& holdings) {
  ProposeOrder command = s.proposal("O" + std::to_string(s.state.orders.size()), holdings);
  command.act = act;
  return command;
}
ThawHolding thawing(std::optional<OrderId> order = std::nullopt) { return {kA, "it is settled", order}; }
EndHolding handing(const std::string& name = "T") {
  return {id<HoldingId>(name), HoldingEnd::transferred, "accepted", std::nullopt};
}
template <class Body>
bool newest_is(const Story& s) {
  return std::holds_alternative<Body>(s.events.back().body);
}

}  // namespace

TEST_CASE("a freeze is lifted under an approved order, which ends in the same entry and serves once") {
  Story s = frozen_by_eli();
  CHECK(names(s.ask(kOlivia, thawing()), RuleId::act_ordered));
  const std::string order = order_act(s, OrderAct::thaw, {"A"});
  REQUIRE(s.order_state(order) == OrderState::approved);
  CHECK(names(s.ask(kEli, thawing()), RuleId::thaw_other));  // as before: not by the one who froze it
  const Decision done = s.act(kOlivia, thawing());
  INFO(done.why());
  REQUIRE(done.permitted);
  CHECK(done.events.size() == 1);
  CHECK(newest_is<HoldingThawedByOrder>(s));
  CHECK_FALSE(s.state.find(kA)->frozen);
  CHECK(s.order_state(order) == OrderState::done);
  CHECK(s.state.find(id<OrderId>(order))->line(kA)->state == LineState::done);

  s.act(kEli, FreezeHolding{kA, "another doubt"});
  CHECK(names(s.ask(kOlivia, thawing()), RuleId::act_ordered));
  CHECK(names(s.ask(kOlivia, thawing(id<OrderId>(order))), RuleId::order_state));
  order_act(s, OrderAct::thaw, {"A"});
  CHECK(s.act(kOlivia, thawing()).permitted);
}

TEST_CASE("the transferee's copy is handed over, and the case closed, under an order each") {
  Story s = by_orders(CasePhase::accepted);
  CHECK(names(s.ask(kOlivia, handing()), RuleId::act_ordered));
  const std::string hand = order_act(s, OrderAct::hand, {"T"});
  REQUIRE(s.act(kDara, handing()).permitted);  // the responsible person, who signed as such
  CHECK(newest_is<HoldingEndedByOrder>(s));
  CHECK(s.order_state(hand) == OrderState::done);
  CHECK(s.holding_state("T") == HoldingState::transferred);

  advance(s, CasePhase::disposing);
  CHECK(names(s.ask(kOlivia, proposing(s, OrderAct::close, {})), RuleId::close_terminal));
  sign_receipt(s, "A");
  const std::string surrender = order_act(s, OrderAct::surrender, {"A"});
  REQUIRE(s.act(kOlivia, ending(s, "A", HoldingEnd::surrendered)).permitted);
  CHECK(s.order_state(surrender) == OrderState::done);
  CHECK(names(s.ask(kOlivia, CloseCase{kC}), RuleId::act_ordered));
  const std::string close = order_act(s, OrderAct::close, {});
  CHECK(s.state.find(id<OrderId>(close))->lines.empty());
  REQUIRE(s.act(kOlivia, CloseCase{kC}).permitted);
  CHECK(newest_is<CaseClosedByOrder>(s));
  CHECK(s.order_state(close) == OrderState::done);
  CHECK(s.state.find(kC)->phase == CasePhase::closed);
  CHECK(s.state.find(kC)->acts_ordered.empty());
}

TEST_CASE("nobody carries out what they approved or witness; who proposed it or is responsible may") {
  Story s = frozen_by_eli();
  order_act(s, OrderAct::thaw, {"A"});
  for (const Person* who : {&kBo, &kChen, &kWei}) CHECK(names(s.ask(*who, thawing()), RuleId::duties_apart));
  CHECK(s.ask(kOlivia, thawing()).permitted);
  CHECK(s.ask(kDara, thawing()).permitted);
  Person twin = kFay;
  twin.certificate = kBo.certificate;
  CHECK(names(s.ask(twin, thawing()), RuleId::duties_apart));
}

TEST_CASE("an order that is not approved, whose time is over, or that lost a signature permits nothing") {
  Story s = frozen_by_eli();
  s.act(kOlivia, proposing(s, OrderAct::thaw, {"A"}));
  const Decision early = s.ask(kOlivia, thawing());
  CHECK(names(early, RuleId::order_state));
  CHECK(names(early, RuleId::quorum));
  sign_all(s, "O0");
  REQUIRE(s.ask(kOlivia, thawing()).permitted);
  Story late = s;
  late.clock.now = late.clock.now + 25 * Story::kHour;
  CHECK(names(late.ask(kOlivia, thawing()), RuleId::order_window));
  CHECK(names(late.ask(kOlivia, thawing()), RuleId::quorum));
  Story suspended = s;
  suspended.act(kEli, SuspendPerson{kBo.id, kC, "an inquiry"});
  CHECK(names(suspended.ask(kOlivia, thawing()), RuleId::quorum));
  Story withdrawn = s;
  REQUIRE(withdrawn.act(kEli, WithdrawOrder{id<OrderId>("O0"), "not yet"}).permitted);
  CHECK(names(withdrawn.ask(kOlivia, thawing()), RuleId::act_ordered));
}

TEST_CASE("an order of other rules, or for fewer people than it takes by now, permits nothing") {
  Story s = frozen_by_eli();
  order_act(s, OrderAct::thaw, {"A"});
  Story adopted = s;
  adopted.pack.identity = sha256("other rules");
  adopted.state.cases.at(kC).pack = adopted.pack.identity;
  CHECK(names(adopted.ask(kOlivia, thawing()), RuleId::act_ordered));
  Story raised = s;
  raised.act(kOlivia, classing("A", HoldingClass::C2, 4));
  CHECK(names(raised.ask(kOlivia, thawing()), RuleId::quorum));
}

TEST_CASE("an order of another act, of another holding or of destruction permits nothing") {
  Story s = by_orders(CasePhase::accepted);
  s.act(kEli, FreezeHolding{kA, "a doubt"});
  const OrderId hand = id<OrderId>(order_act(s, OrderAct::hand, {"T"}));
  CHECK(names(s.ask(kOlivia, thawing()), RuleId::act_ordered));
  CHECK(names(s.ask(kOlivia, thawing(hand)), RuleId::act_ordered));
  EndHolding other = ending(s, "A", HoldingEnd::surrendered);
  other.order = hand;
  CHECK(names(s.ask(kOlivia, other), RuleId::act_ordered));
  EndHolding kept = ending(s, "A", HoldingEnd::retained);
  kept.order = hand;
  CHECK(names(s.ask(kOlivia, kept), RuleId::bounds));
  const OrderId thaw = id<OrderId>(order_act(s, OrderAct::thaw, {"A"}));
  CHECK(s.ask(kOlivia, thawing(thaw)).permitted);
  CHECK(names(s.ask(kOlivia, thawing(hand)), RuleId::act_ordered));
  CHECK(names(s.ask(kOlivia, CloseCase{kC, thaw}), RuleId::act_ordered));
}

TEST_CASE("a holding has one live order for each act") {
  Story s = by_orders(CasePhase::accepted);
  order_act(s, OrderAct::hand, {"T"});
  CHECK(names(s.ask(kOlivia, proposing(s, OrderAct::hand, {"T"})), RuleId::one_order));
  CHECK(s.ask(kOlivia, proposing(s, OrderAct::surrender, {"T"})).permitted);
  CHECK(names(s.ask(kOlivia, proposing(s, OrderAct::surrender, {"T", "T"})), RuleId::repeated_holding));
  s.propose("D", {"A"});
  CHECK(names(s.ask(kOlivia, proposing(s, OrderAct::surrender, {"A"})), RuleId::one_order));
  s.act(kEli, FreezeHolding{kA, "a doubt"});
  CHECK(s.ask(kOlivia, proposing(s, OrderAct::thaw, {"A"})).permitted);  // beside the one to destroy
  Story closing = by_orders();
  advance(closing, CasePhase::aborted);
  closing.act(kOlivia, ending(closing, "A", HoldingEnd::returned));
  REQUIRE(closing.act(kOlivia, proposing(closing, OrderAct::close, {})).permitted);
  CHECK(names(closing.ask(kOlivia, proposing(closing, OrderAct::close, {})), RuleId::one_order));
}

TEST_CASE("each holding of an order is done by itself, and what is left can be taken back") {
  Story s = by_orders(CasePhase::accepted);
  for (const auto* hid : {&kA, &kT}) s.act(kEli, FreezeHolding{*hid, "a doubt"});
  const std::string order = order_act(s, OrderAct::thaw, {"A", "T"});
  REQUIRE(s.act(kOlivia, thawing()).permitted);
  CHECK(s.order_state(order) == OrderState::running);
  s.act(kEli, FreezeHolding{kA, "another doubt"});
  CHECK(names(s.ask(kOlivia, thawing()), RuleId::act_ordered));
  CHECK(names(s.ask(kOlivia, thawing(id<OrderId>(order))), RuleId::act_ordered));
  CHECK(s.ask(kOlivia, ThawHolding{kT, "settled"}).permitted);
  order_act(s, OrderAct::thaw, {"A"});  // the first one waits for T alone
  CHECK(names(s.ask(kOlivia, thawing(id<OrderId>(order))), RuleId::act_ordered));
  REQUIRE(s.act(kEli, WithdrawOrder{id<OrderId>(order), "not T"}).permitted);
  CHECK(names(s.ask(kOlivia, ThawHolding{kT, "settled"}), RuleId::act_ordered));
  CHECK(s.ask(kOlivia, thawing()).permitted);
}

TEST_CASE("what could not be done is not put to anybody for a signature") {
  Story s = by_orders(CasePhase::moving);
  const auto refused = [&](OrderAct act, const std::vector<std::string>& holdings, RuleId rule) {
    const Decision decision = s.ask(kOlivia, proposing(s, act, holdings));
    INFO(to_string(act) << ": " << decision.why());
    CHECK(names(decision, rule));
  };
  refused(OrderAct::hand, {"T"}, RuleId::end_grounds);  // the transferee has not accepted
  refused(OrderAct::thaw, {"A"}, RuleId::holding_state);
  refused(OrderAct::close, {"A"}, RuleId::bounds);
  refused(OrderAct::close, {}, RuleId::phase_gate);
  refused(OrderAct::surrender, {}, RuleId::bounds);
  auto with_claim = proposing(s, OrderAct::surrender, {"A"});
  with_claim.least_claim = SanitizationMethod::purge;
  CHECK(names(s.ask(kOlivia, with_claim), RuleId::bounds));
  advance(s, CasePhase::accepted);
  s.act(kEli, FreezeHolding{kT, "a doubt"});
  refused(OrderAct::hand, {"T"}, RuleId::frozen);
  s.act(kHouse, FreezeCase{kC, "a court has called"});
  refused(OrderAct::hand, {"T"}, RuleId::case_frozen);
  refused(OrderAct::thaw, {"T"}, RuleId::case_frozen);
  CHECK(s.ask(kOlivia, proposing(s, OrderAct::surrender, {"T"})).permitted);  // a body claims what is frozen
  attest(s, "court_order", about("T"));
  refused(OrderAct::thaw, {"T"}, RuleId::frozen);
}

TEST_CASE("in a case without a rule pack nothing but destruction is ordered, and the rest is as it was") {
  Story s;
  s.open_case();
  s.declare_disk("D");
  s.act(kEli, FreezeHolding{id<HoldingId>("D"), "a doubt"});
  CHECK(names(s.ask(kOlivia, proposing(s, OrderAct::thaw, {"D"})), RuleId::bounds));
  CHECK(s.act(kBo, ThawHolding{id<HoldingId>("D"), "settled"}).permitted);
  CHECK(newest_is<HoldingThawed>(s));
}

TEST_CASE("nothing is destroyed under an order of another act") {
  Story s = by_orders(CasePhase::accepted);
  s.declare_disk("D");
  s.act(kOlivia, placing("D", CopyKind::extract, "A"));
  s.act(kOlivia, classing("D"));
  const std::string order = order_act(s, OrderAct::surrender, {"A", "D"});
  const OrderId oid = id<OrderId>(order);
  REQUIRE(s.order_state(order) == OrderState::approved);
  const HostId host = id<HostId>("host-1");
  CHECK(s.state.live_order(kA) == nullptr);
  for (const auto& [actor, body] :
       std::vector<std::pair<Actor, CommandBody>>{{kHouse, BeginKeyDestruction{oid, kA}},
                                                  {kHouse, BeginKeyAct{oid, kA, Target::there}},
                                                  {host, s.mandate(order, "D")},
                                                  {host, FailHolding{oid, id<HoldingId>("D"), "gone"}},
                                                  {kHouse, FailHolding{oid, kA, "gone"}},
                                                  {kHouse, EndOrder{oid}}}) {
    const Decision decision = s.ask(actor, body);
    CHECK_FALSE(decision.permitted);
    CHECK(names(decision, RuleId::order_state));
  }
  State state = s.state;
  CHECK_FALSE(apply(state, Event{s.clock.now, kHouse, HoldingEnding{oid, kA}}));
  CHECK_FALSE(apply(state, Event{s.clock.now, kHouse, OrderEnded{oid, OrderState::failed}}));
  CHECK(state == s.state);
}

TEST_CASE("an entry of an act without its order, or of an end that no order is for, is refused") {
  Story s = by_orders(CasePhase::accepted);
  s.act(kEli, FreezeHolding{kA, "a doubt"});
  s.act(kOlivia, proposing(s, OrderAct::thaw, {"A"}));
  const OrderId hand = id<OrderId>(order_act(s, OrderAct::hand, {"T"}));
  for (const EventBody& body : std::vector<EventBody>{
           HoldingThawedByOrder{kA, "not approved", id<OrderId>("O0")}, HoldingThawedByOrder{kA, "why", hand},
           HoldingEndedByOrder{kT, HoldingEnd::surrendered, "why", hand},
           HoldingEndedByOrder{kT, HoldingEnd::retained, "why", hand},
           HoldingEndedByOrder{kA, HoldingEnd::transferred, "why", hand}, CaseClosedByOrder{kC, hand},
           CaseClosedByOrder{kC, id<OrderId>("none")}}) {
    State state = s.state;
    CHECK_FALSE(apply(state, Event{s.clock.now, kOlivia, body}));
    CHECK(state == s.state);
  }
}

TEST_CASE("may() says beforehand that a thaw and the end of a case want an order") {
  Story s = frozen_by_eli();
  const auto may_thaw = [&] { return may(s.state, s.pack, &kOlivia, Verb::thaw, &kA, nullptr, s.clock); };
  const Decision without = may_thaw();
  REQUIRE(names(without, RuleId::act_ordered));
  CHECK(without.reasons.front().next_step.find("quietus order propose --act") != std::string::npos);
  CHECK(names(may(s.state, s.pack, &kOlivia, Verb::close_case, nullptr, &kC, s.clock), RuleId::act_ordered));
  order_act(s, OrderAct::thaw, {"A"});
  CHECK(may_thaw().permitted);
}

TEST_CASE("how many have to sign for an act is in the pack, by act and by class") {
  Story s = by_orders(CasePhase::accepted);
  const auto needs = [&](OrderAct act, const std::string& name) {
    const Requirement& it =
        s.pack.profile(*s.state.find(kC), s.state.find(id<HoldingId>(name)), act).requirement;
    return it;
  };
  CHECK(needs(OrderAct::hand, "T") == Requirement{2, 2, true, false});
  CHECK(needs(OrderAct::destroy, "T") == Requirement{2, 2, true, true});
  s.act(kOlivia, classing("T", HoldingClass::C2, 4));
  CHECK(needs(OrderAct::hand, "T") == Requirement{3, 2, true, true});
  CHECK(s.pack.profile(*s.state.find(kC), nullptr, OrderAct::close).requirement ==
        Requirement{2, 2, true, false});
}
