// Findings by example: who settles them, what they block, when they are late.
#include <catch2/catch.hpp>

#include "tests/unit/governance/phase_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

Story transfer() {
  Story s;
  open_transfer(s);
  original(s, HoldingClass::C2);
  return s;
}
bool opens(const Story& s, const std::string& name) { return s.ask(kOlivia, opening(name)).permitted; }

}  // namespace

TEST_CASE("a finding is fixed by its owner and closed by another; what has happened is not accepted") {
  Story s = transfer();
  s.act(kEli, finding(s, "F", FindingKind::risk, about("A"), {Verb::open}));
  CHECK(names(s.ask(kOlivia, opening("A")), RuleId::finding));
  CHECK(names(s.ask(kEli, settling("F", FindingStep::fix)), RuleId::finding_step));
  CHECK(names(s.ask(kEli, settling("F", FindingStep::close)), RuleId::finding_step));
  auto accept = settling("F", FindingStep::accept);
  CHECK(names(s.ask(kEli, accept), RuleId::bounds));
  accept.until = s.clock.now + 3'600'000;
  CHECK(names(s.ask(kDara, accept), RuleId::finding_step));
  CHECK(s.act(kEli, accept).permitted);
  CHECK(opens(s, "A"));
  s.clock.now = *accept.until;
  CHECK_FALSE(opens(s, "A"));  // open again
  settle(s, "F");
  CHECK(opens(s, "A"));
  s.act(kEli, finding(s, "G", FindingKind::complaint, about("A")));
  accept = {id<FindingId>("G"), FindingStep::accept, "never mind", s.clock.now + 3'600'000};
  CHECK(names(s.ask(kEli, accept), RuleId::finding_step));
  s.act(kEli, SuspendPerson{kDara.id, kC, "left"});
  CHECK(names(s.ask(kBo, settling("G", FindingStep::fix)), RuleId::finding_step));
}

TEST_CASE("a finding has an owner, a subject of the case and a date, and blocks no way out") {
  Story s = transfer();
  auto good = finding(s, "F", FindingKind::risk, about("A"), {Verb::open});
  CHECK(s.ask(kEli, good).permitted);
  auto bad = good;
  bad.owner = kStranger.id;
  CHECK(names(s.ask(kEli, bad), RuleId::known));
  bad = good;
  bad.subject = about("nothing");
  CHECK(names(s.ask(kEli, bad), RuleId::known));
  bad = good;
  bad.due = s.clock.now;
  CHECK(names(s.ask(kEli, bad), RuleId::bounds));
  for (const Verb way_out : {Verb::settle_finding, Verb::freeze, Verb::attest, Verb::withdraw}) {
    bad = good;
    bad.blocks = {way_out};
    CHECK(names(s.ask(kEli, bad), RuleId::bounds));
  }
}

TEST_CASE("no person silences an escalation by opening it") {
  Story s = transfer();
  s.act(kEli, finding(s, "F", FindingKind::risk, about("A")));
  const auto own = finding(s, "G", FindingKind::overdue, {SubjectKind::finding, "F"});
  CHECK(names(s.ask(kDara, own), RuleId::bounds));
  happened(
      s, kDara,
      FindingOpened{own.finding, kC, own.kind, own.level, own.subject, own.text, own.owner, own.due, {}});
  s.clock.now = s.state.find(id<FindingId>("F"))->due;
  const auto late = overdue(s.state, s.clock.now);
  CHECK(std::ranges::find(late, id<FindingId>("F")) != late.end());
}

TEST_CASE("who has to fix a finding is somebody who can: with a role in the case") {
  Story s = transfer();
  auto given = finding(s, "F", FindingKind::risk, about("A"));
  happened(s, kOlivia, PersonEnrolled{kC, kStranger.id, kBuyer});
  given.owner = kStranger.id;
  CHECK(names(s.ask(kEli, given), RuleId::known));
  given.owner = kRex.id;
  CHECK(s.ask(kEli, given).permitted);
}

TEST_CASE("a finding blocks nothing that it would never be asked about") {
  const Story s = transfer();
  const auto blocks = [&](const Subject& subject, Verb verb) {
    return s.ask(kEli, finding(s, "F", FindingKind::risk, subject, {verb})).permitted;
  };
  const Subject person{SubjectKind::person, kOlivia.id.text()}, party{SubjectKind::party, kSeller.text()};
  CHECK(blocks(about("A"), Verb::end_holding));
  for (const Verb of_case :
       {Verb::close_case, Verb::advance_case, Verb::sign, Verb::declare, Verb::adopt_pack})
    CHECK_FALSE(blocks(about("A"), of_case));
  for (const Subject& who : {person, party}) {
    CHECK(blocks(who, Verb::sign));
    CHECK(blocks(who, Verb::open));
    for (const Verb of_house : {Verb::destroy, Verb::issue_mandate, Verb::shred})
      CHECK_FALSE(blocks(who, of_house));
  }
  CHECK(blocks(about_case(), Verb::shred));
  Story more = transfer();
  more.act(kEli, finding(more, "G", FindingKind::risk, about("A")));
  CHECK_FALSE(more.ask(kEli, finding(more, "F", FindingKind::risk, {SubjectKind::finding, "G"}, {Verb::open}))
                  .permitted);
}

TEST_CASE("the house escalates what blocks something, and what somebody without a role was left with") {
  Story s = transfer();
  happened(s, kOlivia, PersonEnrolled{kC, kStranger.id, kBuyer});
  s.act(kEli, finding(s, "F", FindingKind::risk, about("A"), {Verb::open}));
  auto late = finding(s, "G", FindingKind::overdue, {SubjectKind::finding, "F"}, {Verb::open});
  CHECK(s.ask(kHouse, late).permitted);
  late.owner = kStranger.id;
  CHECK(s.ask(kHouse, late).permitted);
}

TEST_CASE("a finding past its date is escalated once") {
  Story s = transfer();
  s.act(kEli, finding(s, "F", FindingKind::risk, about("A")));
  const UnixMs due = s.state.find(id<FindingId>("F"))->due;
  CHECK(overdue(s.state, due + -1).empty());
  CHECK(overdue(s.state, due) == std::vector{id<FindingId>("F")});
  s.clock.now = due;
  s.act(kHouse, finding(s, "G", FindingKind::overdue, {SubjectKind::finding, "F"}));
  CHECK(overdue(s.state, due + 48 * Story::kHour).empty());
}
