// What grows in a case stops growing, and says at how much.
#include <catch2/catch.hpp>

#include "governance/deliberation.hpp"
#include "tests/unit/governance/phase_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

Story small_transfer() {
  Story s;
  open_transfer(s);
  original(s);
  return s;
}

bool says(const Decision& decision, std::size_t most) {
  return names(decision, RuleId::bounds) && decision.why().find(std::to_string(most)) != std::string::npos;
}

}  // namespace

TEST_CASE("a case has so many holdings and no more") {
  Story s = small_transfer();
  const DeclareHolding more{id<HoldingId>("N"), kC, HoldingKind::record_set, "new", true, {}, {}};
  s.state.cases.at(kC).holdings.resize(kMaxHoldings - 1);
  CHECK(s.ask(kOlivia, more).permitted);
  s.state.cases.at(kC).holdings.resize(kMaxHoldings);
  CHECK(says(s.ask(kOlivia, more), kMaxHoldings));
}

TEST_CASE("copies of copies end somewhere, however a branch is hung up") {
  Story s = small_transfer();
  const auto name = [](std::size_t i) { return "E" + std::to_string(i); };
  const auto declare = [&](const std::string& which) {
    s.act(kOlivia, DeclareHolding{id<HoldingId>(which), kC, HoldingKind::record_set, which, true, {}, {}});
  };
  std::string parent = "A";
  for (std::size_t i = 1; i <= kMaxCopyDepth; ++i) {
    declare(name(i));
    REQUIRE(s.act(kOlivia, placing(name(i), CopyKind::extract, parent)).permitted);
    parent = name(i);
  }
  declare("N");
  CHECK(says(s.ask(kOlivia, placing("N", CopyKind::extract, parent)), kMaxCopyDepth));
  CHECK(s.act(kOlivia, placing("N", CopyKind::extract, "A")).permitted);
  CHECK(says(s.ask(kOlivia, placing("E1", CopyKind::extract, "N")), kMaxCopyDepth));  // with all below it
  CHECK(s.ask(kOlivia, placing("E2", CopyKind::extract, "N")).permitted);
}

TEST_CASE("one glass after another is not broken before somebody has looked") {
  Story s = small_transfer();
  for (std::size_t i = 0; i < kMaxBrokenGlass; ++i) {
    s.act(kOlivia, glass("A"));
    REQUIRE(s.act(kBo, glass("A", "F" + std::to_string(i))).permitted);
    s.clock.now = s.clock.now + kGlassAskedMs + 1000;
  }
  s.act(kOlivia, glass("A"));
  CHECK(says(s.ask(kBo, glass("A", "last")), kMaxBrokenGlass));
  s.act(kOlivia, settling("F0", FindingStep::fix));
  s.act(kEli, settling("F0", FindingStep::close));
  CHECK(s.ask(kBo, glass("A", "last")).permitted);
}

TEST_CASE("a case that is full of findings still escalates, one full of attestations still takes in a hold") {
  Story s = small_transfer();
  for (std::size_t i = 0; i < kMaxFindings; ++i) {
    const auto one = finding(s, "F" + std::to_string(i), FindingKind::improvement, about("A"));
    happened(
        s, kEli,
        FindingOpened{one.finding, kC, one.kind, one.level, one.subject, one.text, one.owner, one.due, {}});
  }
  CHECK(says(s.ask(kEli, finding(s, "F", FindingKind::risk, about("A"))), kMaxFindings));
  CHECK(s.ask(kHouse, finding(s, "F", FindingKind::overdue, about("A"))).permitted);

  Story full = small_transfer();
  full.state.cases.at(kC).attestations = kMaxAttestations;
  const auto enters = [&](const std::string& kind, const Subject& subject, const std::string& field) {
    Attestation said;
    said.id = id<AttestationId>(kind + "-new");
    said.case_id = kC;
    said.person = kEli.id;
    said.kind = kind;
    said.subject = subject;
    said.document = sha256("paper");
    said.from = full.clock.now;
    said.fields = {{field, "because"}};
    said.nonce = sha256(kind);
    return full.ask(kEli, EnterAttestation{kC, {proof::encode(said), to_bytes("c"), to_bytes("s")}});
  };
  CHECK(says(enters("necessity", about("A"), "ground"), kMaxAttestations));
  CHECK(enters("hold", about("A"), "ground").permitted);
  CHECK(enters("revocation", {SubjectKind::attestation, "admission-0"}, "reason").permitted);
  full.state.cases.at(kC).attestations = kMaxAttestations + kMaxReservedAttestations;
  CHECK_FALSE(enters("hold", about("A"), "ground").permitted);
}
