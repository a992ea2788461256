// One person makes a case stricter; two make it looser.
#include <catch2/catch.hpp>

#include "tests/unit/governance/transfer_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

const PartyId kOld = id<PartyId>("old");

}  // namespace

TEST_CASE("facts of a case are made looser by two people who say the same, stricter by one") {
  TransferStory s = with_records();
  const auto facts = [&] { return *s.state.find(kTransfer)->facts; };
  const CaseFacts strict{"SH", 480, 2'000'000, true, true};
  CaseFacts first = strict;
  first.jurisdiction = facts().jurisdiction;
  REQUIRE(s.act(kOlivia, DescribeCase{kTransfer, first}).permitted);
  REQUIRE(facts() == first);
  for (const auto& loosen : std::vector<std::function<void(CaseFacts&)>>{
           [](CaseFacts& f) { f.important = false; }, [](CaseFacts& f) { f.litigation = false; },
           [](CaseFacts& f) { f.subjects = 10; }, [](CaseFacts& f) { f.zone_offset_minutes = 0; },
           [](CaseFacts& f) { f.jurisdiction = "SH"; }}) {
    CaseFacts looser = first;
    loosen(looser);
    REQUIRE(s.act(kOlivia, DescribeCase{kTransfer, looser}).permitted);
    CHECK(facts() == first);
    CHECK(names(s.ask(kOlivia, DescribeCase{kTransfer, looser}), RuleId::lowering));
    REQUIRE(s.act(kBo, DescribeCase{kTransfer, looser}).permitted);
    CHECK(facts() == looser);
    s.tell(CaseDescribed{kTransfer, first});
  }
  CHECK(names(s.ask(kBo, DescribeCase{kTransfer, strict}), RuleId::role));  // nobody has asked for that
}

TEST_CASE("who was suspended since does not count as the first of two") {
  TransferStory s = with_records();
  CaseFacts looser = *s.state.find(kTransfer)->facts;
  looser.subjects = 1;
  s.act(kNina, DescribeCase{kTransfer, looser});
  s.act(kOlivia, DescribeCase{kTransfer, looser});
  s.act(kEli, SuspendPerson{kOlivia.id, kTransfer, "left"});
  CHECK(names(s.ask(kBo, DescribeCase{kTransfer, looser}), RuleId::role));
  auto is = *s.state.find(kR)->classification;
  is.level = 1;
  s.act(kChen, ClassifyHolding{kR, is});
  s.act(kEli, SuspendPerson{kChen.id, kTransfer, "left"});
  s.act(kBo, ClassifyHolding{kR, is});
  CHECK(s.state.find(kR)->classification->level == 3);
  CHECK(s.act(kDara, ClassifyHolding{kR, is}).permitted);
  CHECK(s.state.find(kR)->classification->level == 1);
}

TEST_CASE("a party loses a duty, or gets a licence or another name, by two people") {
  TransferStory s = with_records();
  Party strict = TransferStory::party("old", PartyRole::transferor);
  strict.licence.clear();
  strict.aml = strict.cii = strict.foreign = strict.agency = strict.pboc = true;
  strict.mlps = 3;
  REQUIRE(s.act(kOlivia, DeclareParty{kTransfer, strict}).permitted);
  const auto now = [&] { return s.state.find(kTransfer)->parties.at(kOld); };
  REQUIRE(now() == strict);
  for (const auto& loosen : std::vector<std::function<void(Party&)>>{
           [](Party& p) { p.aml = false; }, [](Party& p) { p.cii = false; },
           [](Party& p) { p.foreign = false; }, [](Party& p) { p.agency = false; },
           [](Party& p) { p.pboc = false; }, [](Party& p) { p.mlps = 2; },
           [](Party& p) { p.licence = "lending"; }, [](Party& p) { p.name = "another"; }}) {
    Party looser = strict;
    loosen(looser);
    REQUIRE(s.act(kOlivia, DeclareParty{kTransfer, looser}).permitted);
    CHECK(now() == strict);
    CHECK(names(s.ask(kOlivia, DeclareParty{kTransfer, looser}), RuleId::lowering));
    REQUIRE(s.act(kBo, DeclareParty{kTransfer, looser}).permitted);
    CHECK(now() == looser);
    s.tell(PartyDeclared{kTransfer, strict});
  }
}

TEST_CASE("fewer people, another medium, always encrypted and de-identified are said by two") {
  TransferStory s = with_records();
  Classification strict = s.ordinary();
  strict.medium = "laptop";
  strict.always_encrypted.reset();
  s.tell(HoldingClassified{kR, strict});
  for (const auto& loosen : std::vector<std::function<void(Classification&)>>{
           [](Classification& is) { is.subjects = 99; }, [](Classification& is) { is.medium.clear(); },
           [](Classification& is) { is.medium = "server"; },
           [](Classification& is) { is.always_encrypted = true; },
           [](Classification& is) { is.tags = {"deidentified"}; }}) {
    Classification looser = strict;
    loosen(looser);
    REQUIRE(s.act(kOlivia, ClassifyHolding{kR, looser}).permitted);
    CHECK(s.state.find(kR)->classification == strict);
    REQUIRE(s.act(kBo, ClassifyHolding{kR, looser}).permitted);
    CHECK(s.state.find(kR)->classification == looser);
    s.tell(HoldingClassified{kR, strict});
  }
  Classification open = strict, shut = strict;
  open.tags = {"deidentified"};
  s.tell(HoldingClassified{kR, open});
  REQUIRE(s.act(kOlivia, ClassifyHolding{kR, shut}).permitted);  // and taken off by one
  CHECK(s.state.find(kR)->classification == shut);
  s.act(kOlivia, DeclareHolding{id<HoldingId>("N"), kTransfer, HoldingKind::record_set, "new", true, {}, {}});
  CHECK(names(s.ask(kOlivia, ClassifyHolding{id<HoldingId>("N"), open}), RuleId::lowering));
}
