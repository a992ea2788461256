// Transfer cases by example: phases, classes, holds, ends, glass.
#include <catch2/catch.hpp>

#include "tests/unit/governance/phase_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

Story transfer(CasePhase phase = CasePhase::draft, HoldingClass holding_class = HoldingClass::C2) {
  Story s;
  open_transfer(s);
  original(s, holding_class);
  advance_to(s, phase);
  return s;
}
void copy_of_transferee(Story& s, HoldingClass holding_class = HoldingClass::C2) {
  declare_copy(s, "T", HoldingKind::record_set, CopyKind::transferee_copy, "A", holding_class);
  seal_copy(s, "T");
}
bool opens(const Story& s, const std::string& name, const Person& who = kOlivia) {
  return s.ask(who, opening(name)).permitted;
}
std::uint32_t approvers(Story& s, const std::string& name) {
  s.propose("O-" + name, {name});
  const OrderRecord* record = s.state.find(id<OrderId>("O-" + name));
  return record == nullptr ? 0 : record->order.requirement.approvers;
}
std::string phase(const Story& s) { return std::string(to_string(s.state.find(kC)->phase)); }

}  // namespace

TEST_CASE("a deal goes through: the copy is handed over, the original destroyed, the case closed") {
  Story s = transfer(CasePhase::moving);
  copy_of_transferee(s);
  CHECK_FALSE(s.act(kOlivia, ending(s, "T", HoldingEnd::transferred)).permitted);
  REQUIRE(advance(s, CasePhase::accepted));
  CHECK_FALSE(opens(s, "A"));  // retired
  CHECK(opens(s, "T"));
  CHECK_FALSE(advance(s, CasePhase::aborted));
  REQUIRE(s.act(kOlivia, ending(s, "T", HoldingEnd::transferred)).permitted);
  s.propose("O", {"A"});
  s.sign_fully("O");
  s.shred_key("O", "A");
  s.act(kHouse, Story::certificate("O", "A"));
  s.act(kHouse, EndOrder{id<OrderId>("O")});
  CHECK(names(s.ask(kOlivia, CloseCase{kC}), RuleId::phase_gate));
  REQUIRE(advance(s, CasePhase::disposing));
  CHECK(s.act(kOlivia, CloseCase{kC}).permitted);
  CHECK(phase(s) == "closed");
}

TEST_CASE("in an aborted deal the original returns, the transferee's copy is destroyed and not used") {
  Story s = transfer(CasePhase::moving);
  copy_of_transferee(s);
  REQUIRE(advance(s, CasePhase::aborted));
  CHECK(opens(s, "A"));
  CHECK(names(s.ask(kOlivia, opening("T")), RuleId::phase_gate));
  CHECK(names(s.ask(kOlivia, ending(s, "T", HoldingEnd::returned)), RuleId::end_grounds));
  CHECK(names(s.ask(kOlivia, s.proposal("O", {"A"})), RuleId::phase_gate));
  CHECK(s.act(kOlivia, ending(s, "A", HoldingEnd::returned)).permitted);
  CHECK(names(s.ask(kOlivia, CloseCase{kC}), RuleId::close_terminal));
  CHECK(s.propose("O", {"T"}).permitted);
}

TEST_CASE("where the company passes as a whole, its originals do") {
  for (const std::string deal : {"equity", "merger", "division"}) {
    Story s;
    open_transfer(s, deal);
    original(s);
    advance_to(s, CasePhase::accepted);
    INFO(deal);
    CHECK(opens(s, "A"));
    CHECK(s.act(kOlivia, ending(s, "A", HoldingEnd::transferred)).permitted);
  }
  const Story s = transfer(CasePhase::accepted);
  CHECK(names(s.ask(kOlivia, ending(s, "A", HoldingEnd::transferred)), RuleId::end_grounds));
}

TEST_CASE("the inventory wants a class and a place for everything, and settles the places") {
  Story s = transfer();
  s.act(kOlivia, DeclareHolding{kT, kC, HoldingKind::record_set, "more", true, {}, {}});
  auto denied = s.ask(kOlivia, AdvanceCase{kC, CasePhase::inventoried});
  CHECK(names(denied, RuleId::unclassified));
  CHECK(names(denied, RuleId::copy_tree));
  s.act(kOlivia, classing("T"));
  s.act(kOlivia, placing("T", CopyKind::extract, "A"));
  CHECK(s.act(kOlivia, placing("T", CopyKind::staging, "A")).permitted);  // still a draft
  seal_copy(s, "T");
  CHECK(names(s.ask(kOlivia, s.proposal("O", {"T"})), RuleId::phase_gate));
  REQUIRE(advance(s, CasePhase::inventoried));
  CHECK(names(s.ask(kOlivia, placing("A", CopyKind::staging, "T")), RuleId::copy_tree));
  CHECK(names(s.ask(kOlivia, placing("T", CopyKind::extract, "A")), RuleId::copy_tree));
  CHECK(s.ask(kOlivia, s.proposal("O", {"T"})).permitted);  // its purpose can end at any time
}

TEST_CASE("copies form a tree, and who has them is a party of the case") {
  Story s = transfer();
  declare_copy(s, "B", HoldingKind::disk, CopyKind::backup, "A");
  CHECK(s.state.find(id<HoldingId>("B"))->placement.parent == kA);
  CHECK(names(s.ask(kOlivia, placing("A", CopyKind::backup, "B")), RuleId::copy_tree));  // a ring
  CHECK(names(s.ask(kOlivia, placing("B", CopyKind::backup, "B")), RuleId::copy_tree));
  CHECK(names(s.ask(kOlivia, placing("B", CopyKind::backup, "nothing")), RuleId::copy_tree));
  auto with = placing("B", CopyKind::backup, "A");
  with.placement.custodian = id<PartyId>("nobody");
  CHECK(names(s.ask(kOlivia, with), RuleId::copy_tree));
  with.placement.custodian = {};
  CHECK(s.act(kOlivia, with).permitted);
  CHECK(s.state.find(id<HoldingId>("B"))->placement.custodian == kSeller);
  auto at_seller = placing("B", CopyKind::transferee_copy, "A");
  at_seller.placement.custodian = kSeller;
  CHECK(names(s.ask(kOlivia, at_seller), RuleId::copy_tree));
}

TEST_CASE("anyone raises a class, two people lower it by saying the same") {
  Story s = transfer();
  CHECK(s.act(kEli, classing("A", HoldingClass::C3, 4)).permitted);
  CHECK(s.act(kEli, classing("A", HoldingClass::C2, 4)).permitted);  // asked
  CHECK(s.act(kBo, classing("A", HoldingClass::C2, 3)).permitted);   // something else: asked
  CHECK(s.state.find(kA)->classification->holding_class == HoldingClass::C3);
  CHECK(s.act(kEli, classing("A", HoldingClass::C2, 3)).permitted);
  CHECK(s.state.find(kA)->classification->level == 3);
  auto marked = classing("A");
  marked.classification.credentials = true;
  marked.classification.tags = {"kyc"};
  CHECK(s.act(kEli, marked).permitted);
  CHECK(s.state.find(kA)->classification->credentials);
  s.act(kBo, classing("A"));
  CHECK(s.state.find(kA)->classification->credentials);  // a mark is not taken off by one either
  for (auto bad : {classing("A", HoldingClass::unset, 3), classing("A", HoldingClass::C2, 0),
                   classing("A", HoldingClass::C2, 6)})
    CHECK(names(s.ask(kEli, bad), RuleId::bounds));
  marked.classification.tags = {"K Y C"};
  CHECK(names(s.ask(kEli, marked), RuleId::bounds));
}

TEST_CASE("what is known of a holding, and what is not, survives the JSON form") {
  Story s = transfer();
  auto dated = classing("A");
  for (const std::optional<bool> encrypted :
       {std::optional<bool>(), std::optional(false), std::optional(true)}) {
    dated.classification.always_encrypted = encrypted;
    dated.classification.ended = dated.classification.due =
        encrypted ? std::optional(s.clock.now) : std::nullopt;
    const Event event{s.clock.now, kOlivia, HoldingClassified{kA, dated.classification}};
    CHECK(event_from_json(event_to_json(event)).value() == event);
  }
  for (const HoldingEnd end : {HoldingEnd::retained, HoldingEnd::returned}) {
    const auto command = ending(s, "A", end);
    const Event event{s.clock.now, kOlivia, HoldingEnded{kA, end, command.reason, command.review}};
    CHECK(event_from_json(event_to_json(event)).value() == event);
  }
}

TEST_CASE("who must sign follows class and level, and a class raised later stops what fewer people signed") {
  Story s = transfer(CasePhase::accepted);
  CHECK(approvers(s, "A") == 2);
  s.sign_fully("O-A");
  REQUIRE(s.order_state("O-A") == OrderState::approved);
  s.act(kEli, classing("A", HoldingClass::C2, 4));
  CHECK(names(s.ask(kHouse, BeginKeyDestruction{id<OrderId>("O-A"), kA}), RuleId::quorum));
  for (const HoldingClass strict : {HoldingClass::C3, HoldingClass::important}) {
    Story other = transfer(CasePhase::accepted, strict);
    CHECK(approvers(other, "A") == 3);
    other.sign_fully("O-A");
    CHECK(other.order_state("O-A") == OrderState::proposed);
    sign_all(other, "O-A");
    CHECK(other.order_state("O-A") == OrderState::approved);
  }
}

TEST_CASE("a case without statutes asks nothing of phases, classes and places") {
  Story s;
  s.open_case("disposal", false);
  s.declare_disk("D", false);
  s.act(kOlivia, classing("D", HoldingClass::C3, 5));
  CHECK(approvers(s, "D") == 1);
  Story plain;
  plain.open_case();
  plain.seal_records("R");
  CHECK(plain.propose("O", {"R"}).permitted);  // in draft
  Story empty;
  empty.open_case();
  CHECK(empty.act(kOlivia, CloseCase{kC}).permitted);
}

TEST_CASE("a hold alone freezes nothing; with the end of the purpose it does") {
  Story s = transfer(CasePhase::moving);
  attest(s, "hold", about("A"));
  CHECK(to_freeze(s.state, s.clock.now).empty());
  CHECK(opens(s, "A"));
  advance(s, CasePhase::accepted);
  CHECK(to_freeze(s.state, s.clock.now) == std::vector{kA});
  s.act(kHouse, FreezeHolding{kA, "held"});
  CHECK(to_freeze(s.state, s.clock.now).empty());
  CHECK(names(s.ask(kBo, ThawHolding{kA, "please"}), RuleId::frozen));
  CHECK(s.act(kOlivia, ending(s, "A", HoldingEnd::retained)).permitted);
  CHECK(names(s.ask(kBo, ThawHolding{kA, "please"}), RuleId::holding_state));

  Story due = transfer();
  attest(due, "hold", about("A"));
  auto dated = classing("A");
  dated.classification.due = due.clock.now + 10'000;
  due.act(kOlivia, dated);
  CHECK(to_freeze(due.state, due.clock.now).empty());
  CHECK(to_freeze(due.state, due.clock.now + 10'000) == std::vector{kA});
}

TEST_CASE("a court and an incident freeze until they have ended") {
  Story s = transfer();
  const auto order = attest(s, "court_order", about("A"));
  CHECK(to_freeze(s.state, s.clock.now) == std::vector{kA});
  s.act(kHouse, FreezeHolding{kA, "a court"});
  take_back(s, order);
  s.act(kEli, finding(s, "F", FindingKind::incident, about("A")));
  CHECK(names(s.ask(kBo, ThawHolding{kA, "early"}), RuleId::frozen));
  settle(s, "F");
  CHECK(s.act(kBo, ThawHolding{kA, "over"}).permitted);
  CHECK(to_freeze(s.state, s.clock.now).empty());

  const auto about_all = attest(s, "court_order", about_case());
  CHECK(cases_to_freeze(s.state, s.clock.now) == std::vector{kC});
  s.act(kEli, FreezeCase{kC, "a court"});
  CHECK(names(s.ask(kBo, ThawCase{kC, "early"}), RuleId::case_frozen));
  take_back(s, about_all);
  CHECK(names(s.ask(kEli, ThawCase{kC, "mine"}), RuleId::thaw_other));
  CHECK(names(s.ask(kOlivia, opening("A")), RuleId::case_frozen));
  CHECK(s.act(kBo, ThawCase{kC, "over"}).permitted);
  CHECK(opens(s, "A"));
}

TEST_CASE("what a court has spoken about is not destroyed, even before the house has frozen it") {
  Story s = transfer();
  advance_to(s, CasePhase::accepted);
  s.propose("O", {"A"});
  s.sign_fully("O");
  const BeginKeyDestruction begin{id<OrderId>("O"), kA};
  CHECK(s.ask(kHouse, begin).permitted);
  const auto order = attest(s, "court_order", about("A"));
  CHECK(names(s.ask(kHouse, begin), RuleId::frozen));
  take_back(s, order);
  CHECK(s.ask(kHouse, begin).permitted);
}

TEST_CASE("a hold or a complaint about data protects the backup of their key, and the other way round") {
  for (const auto& [held, ordered] : {std::pair("A", "K"), std::pair("K", "A")}) {
    Story s = transfer();
    declare_copy(s, "K", HoldingKind::disk, CopyKind::key_backup, "A");
    advance_to(s, CasePhase::accepted);
    s.propose("O", {ordered});
    s.sign_fully("O");
    const auto begin = [&] {
      return ordered == std::string("A") ? s.ask(kHouse, BeginKeyDestruction{id<OrderId>("O"), kA})
                                         : s.ask(id<HostId>("host-1"), s.mandate("O", "K"));
    };
    REQUIRE(begin().permitted);
    const auto hold = attest(s, "hold", about(held));
    CHECK(names(begin(), RuleId::held));
    take_back(s, hold);
    s.act(kEli, finding(s, "F", FindingKind::complaint, about(held)));
    CHECK(names(begin(), RuleId::finding));
    settle(s, "F");
    CHECK(begin().permitted);
  }
}

TEST_CASE("what could not be shown destroyed is kept when a hold comes between") {
  Story s = transfer(CasePhase::accepted);
  s.propose("O", {"A"});
  s.sign_fully("O");
  s.begin_key_act("O", "A");
  attest(s, "hold", about("A"));
  s.act(kHouse, FailHolding{id<OrderId>("O"), kA, "held"});
  s.act(kHouse, EndOrder{id<OrderId>("O")});
  REQUIRE(s.holding_state("A") == HoldingState::destroy_failed);
  s.act(kHouse, FreezeHolding{kA, "held"});
  CHECK(s.act(kOlivia, ending(s, "A", HoldingEnd::retained)).permitted);
}

TEST_CASE(
    "retaining asks for a hold, a freeze and a date of review; surrendering for the word of who took it") {
  Story s = transfer(CasePhase::accepted);
  CHECK(names(s.ask(kOlivia, ending(s, "A", HoldingEnd::retained)), RuleId::end_grounds));
  attest(s, "hold", about("A"));
  CHECK(names(s.ask(kOlivia, ending(s, "A", HoldingEnd::retained)), RuleId::end_grounds));  // not frozen
  s.act(kHouse, FreezeHolding{kA, "held"});
  auto past = ending(s, "A", HoldingEnd::retained);
  past.review = s.clock.now;
  CHECK(names(s.ask(kOlivia, past), RuleId::end_grounds));
  CHECK(s.ask(kOlivia, ending(s, "A", HoldingEnd::retained)).permitted);
  CHECK(names(s.ask(kOlivia, ending(s, "A", HoldingEnd::surrendered)), RuleId::end_grounds));
  sign_receipt(s, "A");
  CHECK(s.act(kOlivia, ending(s, "A", HoldingEnd::surrendered)).permitted);
}

TEST_CASE("credentials are opened under broken glass only and never handed over") {
  Story s = transfer(CasePhase::moving, HoldingClass::C3);
  copy_of_transferee(s, HoldingClass::C3);
  CHECK(names(s.ask(kOlivia, opening("A")), RuleId::glass));
  s.act(kOlivia, glass("A"));
  CHECK_FALSE(opens(s, "A"));
  CHECK(s.act(kBo, glass("A")).permitted);
  const Decision open = s.ask(kOlivia, opening("A"));
  CHECK(open.permitted);
  CHECK_FALSE(opens(s, "T"));
  const Finding* made = s.state.find(id<FindingId>("F-glass"));
  REQUIRE(made != nullptr);
  CHECK(made->owner == kOlivia.id);
  s.act(kOlivia, settling("F-glass", FindingStep::fix));
  CHECK(names(s.ask(kBo, settling("F-glass", FindingStep::close)), RuleId::finding_step));
  CHECK(s.act(kEli, settling("F-glass", FindingStep::close)).permitted);
  s.clock.now = s.clock.now + 14 * 60'000;
  REQUIRE(opens(s, "A"));
  const UnixMs end = *s.state.find(kC)->glass.at({kA, kOlivia.id}).broken_until;
  CHECK(s.ask(kOlivia, opening("A")).grant->valid_until == end);  // the permit does not outlive it
  s.clock.now = end;
  CHECK_FALSE(opens(s, "A"));
  REQUIRE(advance(s, CasePhase::accepted));
  CHECK(names(s.ask(kOlivia, ending(s, "T", HoldingEnd::transferred)), RuleId::end_grounds));
  CHECK(s.ask(kOlivia, s.proposal("O", {"T"})).permitted);  // but destroyed
}

TEST_CASE("a wish to break the glass waits an hour, and is worth nothing for a frozen holding") {
  Story s = transfer();
  s.act(kOlivia, glass("A"));
  s.clock.now = s.clock.now + 60 * 60'000;
  s.act(kBo, glass("A"));  // too late: a wish of his own
  CHECK(s.state.findings.empty());
  s.act(kEli, glass("A"));
  CHECK(s.state.find(kC)->glass.at({kA, kBo.id}).broken_until.has_value());
  s.act(kHouse, FreezeHolding{kA, "a court"});
  CHECK_FALSE(s.ask(kOlivia, glass("A", "F2")).permitted);
}

TEST_CASE("before acceptance records go one by one, not all at once") {
  KeyringStory s;
  open_transfer(s);
  s.act(kOlivia, DeclareHolding{kA, kC, HoldingKind::record_set, "loans", true, {}, {}});
  s.act(kOlivia, placing("A", CopyKind::original));
  s.act(kOlivia, classing("A"));
  s.act(kOlivia, CreateKeyring{kA, KeyringStory::ring_id("A"), KeyClass::wrapped});
  s.act(kOlivia, KeyringStory::add("A", 5));
  CHECK(names(s.ask(kOlivia, s.schedule("A", "1-5")), RuleId::phase_gate));
  CHECK(s.act(kOlivia, s.schedule("A", "1-4")).permitted);
  CHECK(names(s.ask(kOlivia, s.schedule("A", "5")), RuleId::phase_gate));
  advance_to(s, CasePhase::accepted);
  CHECK(s.ask(kOlivia, s.schedule("A", "5")).permitted);
}
