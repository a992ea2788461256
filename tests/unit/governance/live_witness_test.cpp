// A witness is there when credentials are destroyed, and says how it ended before it is certified.
#include "governance/live_witness.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/governance/phase_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

const OrderId kO = id<OrderId>("O");
const HoldingId kA = id<HoldingId>("A");
constexpr std::int64_t kMinute = 60'000;

/// An approved order to destroy the original "A".
KeyringStory ordered(HoldingClass holding_class = HoldingClass::C3) {
  KeyringStory s;
  open_transfer(s);
  original(s, holding_class);
  advance_to(s, CasePhase::disposing);
  s.act(kOlivia, s.proposal("O", {"A"}));
  sign_all(s, "O");
  REQUIRE(s.state.find(kO)->state == OrderState::approved);
  return s;
}
AttestationId says(Story& s, std::string_view kind, const Person& who = kWei) {
  return attest(s, std::string(kind), {SubjectKind::order, "O"}, {}, who);
}
Decision begin(Story& s) { return s.ask(kHouse, BeginKeyDestruction{kO, kA}); }
Decision act(Story& s) { return s.ask(kHouse, BeginKeyAct{kO, kA, Target::there}); }
Decision certificate(Story& s) {
  return s.ask(kHouse, IssueCertificate{kO, kA, "cert-1", Json::Object{{"certificate", "digest"}}});
}
bool waits(const Decision& decision) { return !decision.permitted && names(decision, RuleId::live_witness); }
WitnessWord wanted(const Story& s) {
  return witness_wanted(s.state, s.pack, *s.state.find(kO), kA, s.clock.now);
}

}  // namespace

TEST_CASE("nothing is destroyed before the witness is there") {
  KeyringStory s = ordered();
  CHECK(wanted(s) == WitnessWord::start);
  CHECK(waits(begin(s)));
  says(s, kWitnessStart);
  CHECK(wanted(s) == WitnessWord::none);
  CHECK(begin(s).permitted);
}

TEST_CASE("who left half an hour ago is not there") {
  KeyringStory s = ordered();
  says(s, kWitnessStart);
  s.clock.now = s.clock.now + 30 * kMinute;
  CHECK(begin(s).permitted);
  s.clock.now = s.clock.now + 1;
  CHECK(waits(begin(s)));
}

TEST_CASE("a run that was interrupted waits for the witness again, until the act has begun") {
  KeyringStory s = ordered();
  says(s, kWitnessStart);
  REQUIRE(s.act(kHouse, BeginKeyDestruction{kO, kA}).permitted);
  s.clock.now = s.clock.now + 31 * kMinute;
  CHECK(wanted(s) == WitnessWord::start);
  CHECK(waits(act(s)));
  says(s, kWitnessStart);
  REQUIRE(s.act(kHouse, BeginKeyAct{kO, kA, Target::there}).permitted);
  s.clock.now = s.clock.now + 31 * kMinute;
  CHECK(wanted(s) == WitnessWord::none);
  CHECK(s.ask(kHouse, s.key_gone("O", "A")).permitted);
}

TEST_CASE("the certificate waits until the witness has said how it ended, afterwards") {
  KeyringStory s = ordered();
  says(s, kWitnessStart);
  says(s, kWitnessEnd);  // too early to count
  s.act(kHouse, BeginKeyDestruction{kO, kA});
  s.act(kHouse, BeginKeyAct{kO, kA, Target::there});
  s.act(kHouse, s.key_gone("O", "A"));
  CHECK(wanted(s) == WitnessWord::end);
  CHECK(waits(certificate(s)));
  s.clock.now = s.clock.now + 3 * 24 * Story::kHour;
  const AttestationId word = says(s, kWitnessEnd);
  CHECK(wanted(s) == WitnessWord::none);
  CHECK(certificate(s).permitted);
  take_back(s, word);
  CHECK(waits(certificate(s)));
}

TEST_CASE("who proposed, approved or answers for the order is no witness of it") {
  KeyringStory s = ordered();
  for (const Person& who : {kOlivia, kBo, kDara}) says(s, kWitnessStart, who);
  CHECK(waits(begin(s)));
  says(s, kWitnessStart);
  CHECK(begin(s).permitted);
  s.act(kEli, SuspendPerson{kWei.id, id<CaseId>("C"), "an inquiry"});
  CHECK(waits(begin(s)));
}

TEST_CASE("only a witness of the case says so") {
  KeyringStory s = ordered();
  const auto kinds = s.pack.attestations;
  for (const std::string_view kind : {kWitnessStart, kWitnessEnd}) {
    REQUIRE(kinds.contains(kind));
    CHECK(kinds.find(kind)->second.roles == std::set<Role>{Role::witness});
    CHECK(kinds.find(kind)->second.about == std::set<SubjectKind>{SubjectKind::order});
  }
}

TEST_CASE("for other classes the witness's signature under the order is enough") {
  KeyringStory s = ordered(HoldingClass::C2);
  CHECK(wanted(s) == WitnessWord::none);
  CHECK(begin(s).permitted);
}
