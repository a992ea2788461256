// What stands on a holding or on its case keeps both: a court, an incident, a hold, a complaint.
#include <catch2/catch.hpp>

#include "tests/unit/governance/phase_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

const BeginKeyDestruction kBegin{id<OrderId>("O"), kA};

Story ordered() {
  Story s;
  open_transfer(s);
  original(s);
  advance_to(s, CasePhase::accepted);
  s.propose("O", {"A"});
  s.sign_fully("O");
  return s;
}

Story aborted() {
  Story s;
  open_transfer(s);
  original(s);
  advance_to(s, CasePhase::aborted);
  return s;
}

}  // namespace

TEST_CASE("what a court or an incident concerns as a whole is not destroyed holding by holding") {
  Story s = ordered();
  REQUIRE(s.ask(kHouse, kBegin).permitted);
  const auto order = attest(s, "court_order", about_case());
  CHECK(names(s.ask(kHouse, kBegin), RuleId::case_frozen));
  take_back(s, order);
  CHECK(s.ask(kHouse, kBegin).permitted);
  s.act(kEli, finding(s, "F", FindingKind::incident, about_case()));
  CHECK(names(s.ask(kHouse, kBegin), RuleId::case_frozen));
  settle(s, "F");
  CHECK(s.ask(kHouse, kBegin).permitted);
}

TEST_CASE("what a court or an incident concerns as a whole stays frozen") {
  Story s = aborted();
  s.act(kEli, FreezeHolding{kA, "an inquiry"});
  REQUIRE(s.ask(kBo, ThawHolding{kA, "over"}).permitted);
  s.act(kEli, finding(s, "F", FindingKind::incident, about_case()));
  CHECK(names(s.ask(kBo, ThawHolding{kA, "early"}), RuleId::case_frozen));
}

TEST_CASE(
    "nothing goes back to ordinary custody while a hold, a court or an incident stands on it or its case") {
  Story s = aborted();
  const auto back = [&] { return s.ask(kOlivia, ending(s, "A", HoldingEnd::returned)); };
  REQUIRE(back().permitted);
  for (const Subject& subject : {about("A"), about_case()}) {
    const auto order = attest(s, "court_order", subject);
    CHECK_FALSE(back().permitted);
    take_back(s, order);
    const std::string name = "F-" + subject.id;
    s.act(kEli, finding(s, name, FindingKind::incident, subject));
    CHECK_FALSE(back().permitted);
    settle(s, name);
    CHECK(back().permitted);
  }
  const auto hold = attest(s, "hold", about("A"));
  CHECK(names(back(), RuleId::held));
  s.act(kEli, FreezeHolding{kA, "held"});
  CHECK(s.ask(kOlivia, ending(s, "A", HoldingEnd::retained)).permitted);  // the way out
  s.act(kBo, ThawHolding{kA, "not yet"});
  take_back(s, hold);
  CHECK(back().permitted);
}

TEST_CASE("nothing is handed over while a hold, a court or an incident stands on it or its case") {
  Story s;
  open_transfer(s);
  original(s);
  advance_to(s, CasePhase::moving);
  declare_copy(s, "T", HoldingKind::record_set, CopyKind::transferee_copy, "A");
  seal_copy(s, "T");
  advance_to(s, CasePhase::accepted);
  const auto over = [&] { return s.ask(kOlivia, ending(s, "T", HoldingEnd::transferred)); };
  REQUIRE(over().permitted);
  for (const auto& [kind, subject] : {std::pair("hold", about("T")), std::pair("court_order", about("T")),
                                      std::pair("court_order", about_case())}) {
    const auto word = attest(s, kind, subject);
    CHECK_FALSE(over().permitted);
    take_back(s, word);
  }
  s.act(kEli, finding(s, "F", FindingKind::incident, about_case()));
  CHECK(names(over(), RuleId::case_frozen));
  settle(s, "F");
  attest(s, "hold", about("A"));  // of the original: the loan book is handed over as a copy all the same
  CHECK(over().permitted);
}

TEST_CASE("where the company passes as a whole a hold goes along, and a court's order does not") {
  Story s;
  open_transfer(s, "merger");
  original(s);
  advance_to(s, CasePhase::accepted);
  attest(s, "hold", about("A"));
  CHECK(s.ask(kOlivia, ending(s, "A", HoldingEnd::transferred)).permitted);
  attest(s, "court_order", about("A"));
  CHECK_FALSE(s.ask(kOlivia, ending(s, "A", HoldingEnd::transferred)).permitted);
}

TEST_CASE(
    "nothing is destroyed over an attested complaint that nobody has answered, about it or about the case") {
  for (const Subject& subject : {about("A"), about_case()}) {
    Story s = ordered();
    const auto complaint = attest(s, "complaint", subject, {{"text", "my data are wrong"}});
    CHECK(names(s.ask(kHouse, kBegin), RuleId::held));
    take_back(s, complaint);
    CHECK(s.ask(kHouse, kBegin).permitted);
  }
  Story s;
  open_transfer(s);
  original(s);
  declare_copy(s, "K", HoldingKind::disk, CopyKind::key_backup, "A");
  advance_to(s, CasePhase::accepted);
  s.propose("O", {"K"});
  s.sign_fully("O");
  REQUIRE(s.ask(id<HostId>("host-1"), s.mandate("O", "K")).permitted);
  attest(s, "complaint", about("A"));
  CHECK(names(s.ask(id<HostId>("host-1"), s.mandate("O", "K")), RuleId::held));
}

TEST_CASE("what is surrendered somebody of the body has signed for, and another ends it") {
  Story s = aborted();
  const auto surrender = [&](const Person& who) {
    return s.ask(who, ending(s, "A", HoldingEnd::surrendered));
  };
  attest(s, "surrender", about("A"), {{"recipient", "the office"}}, kDara);
  CHECK(names(surrender(kOlivia), RuleId::end_grounds));  // nobody of the body
  const auto own = attest(s, "surrender", about("A"), {{"recipient", "the office"}}, kRex);
  CHECK(surrender(kOlivia).permitted);
  take_back(s, own);
  CHECK_FALSE(surrender(kOlivia).permitted);

  Story both;
  bind_by_statutes(both);
  Roles roles;
  roles[Role::responsible] = {kRex.id};
  both.act(kOlivia, OpenCase{kC, "a transfer", "dissolution", true, roles});
  happened(both, kOlivia, PartyDeclared{kC, party(kOffice, PartyRole::regulator)});
  happened(both, kOlivia, PersonEnrolled{kC, kRex.id, kOffice});
  declare_copy(both, "A", HoldingKind::record_set, CopyKind::original);
  sign_receipt(both, "A");
  CHECK(names(both.ask(kRex, ending(both, "A", HoldingEnd::surrendered)), RuleId::end_grounds));
  CHECK(both.ask(kOlivia, ending(both, "A", HoldingEnd::surrendered)).permitted);
}
