// A witness is there when credentials are destroyed, and says how it ended before it is certified.
#include "governance/live_witness.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/governance/phase_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

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
Decision begin_destruction(Story& s) { return s.ask(kHouse, BeginKeyDestruction{kO, kA}); }
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
  CHECK(waits(begin_destruction(s)));
  says(s, kWitnessStart);
  CHECK(wanted(s) == WitnessWord::none);
  CHECK(begin_destruction(s).permitted);
}

TEST_CASE("who left half an hour ago is not there") {
  KeyringStory s = ordered();
  says(s, kWitnessStart);
  s.clock.now = s.clock.now + 30 * kMinute;
  CHECK(begin_destruction(s).permitted);
  s.clock.now = s.clock.now + 1;
  CHECK(waits(begin_destruction(s)));
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
  CHECK(waits(begin_destruction(s)));
  says(s, kWitnessStart);
  CHECK(begin_destruction(s).permitted);
  s.act(kEli, SuspendPerson{kWei.id, id<CaseId>("C"), "an inquiry"});
  CHECK(waits(begin_destruction(s)));
}

TEST_CASE("only a witness of the case says so") {
  KeyringStory s = ordered();
  const auto kinds = s.pack.attestations;
  for (const std::string_view kind : {kWitnessStart, kWitnessEnd, kWitnessLeave, kWitnessStop}) {
    REQUIRE(kinds.contains(kind));
    CHECK(kinds.find(kind)->second.roles == std::set<Role>{Role::witness});
    CHECK(kinds.find(kind)->second.about == std::set<SubjectKind>{SubjectKind::order});
  }
}

TEST_CASE("a witness who leaves stops the run and there is no certificate") {
  KeyringStory s;
  open_transfer(s);
  declare_copy(s, "A", HoldingKind::disk, CopyKind::original);
  s.act(kOlivia, classing("A", HoldingClass::C2, 4));
  advance_to(s, CasePhase::disposing);
  s.act(kOlivia, s.proposal("O", {"A"}));
  sign_all(s, "O");
  says(s, kWitnessStart);
  const HostId host = id<HostId>("host-1");
  const auto goes_on = [&] { return run_goes_on(s.state, s.pack, *s.state.find(kO), kA, s.clock.now); };
  const Decision begun = s.act(host, s.mandate("O", "A"));
  INFO(begun.why());
  REQUIRE(begun.permitted);
  CHECK(goes_on());

  says(s, kWitnessLeave);
  CHECK_FALSE(goes_on());  // what the eraser is told at its next report
  CHECK(waits(s.ask(host, s.sample("O", "A"))));
  CHECK(waits(s.ask(host, s.mandate("O", "A", "again"))));
  CHECK(wanted(s) == WitnessWord::start);
  CHECK_FALSE(certificate(s).permitted);
  Story returned = s;
  says(returned, kWitnessStart);
  CHECK(run_goes_on(returned.state, returned.pack, *returned.state.find(kO), kA, returned.clock.now));
  CHECK(returned.ask(host, returned.mandate("O", "A", "again")).permitted);

  const AttestationId word = says(s, kWitnessStop);
  says(s, kWitnessStart);  // too late: the order is over
  CHECK_FALSE(goes_on());
  const auto stopped = [&](const Command& c) { return names(s.ask(c.actor, c.body), RuleId::witness_stop); };
  CHECK(stopped({host, s.mandate("O", "A", "again")}));
  CHECK(stopped({host, s.sample("O", "A")}));
  take_back(s, word);
  CHECK(stopped({host, s.mandate("O", "A", "again")}));
  REQUIRE(s.act(kHouse, FailHolding{kO, kA, "stopped by its witness"}).permitted);
  REQUIRE(s.act(kHouse, EndOrder{kO}).permitted);
  CHECK(s.state.find(kO)->state == OrderState::failed);
  CHECK(s.state.find(kA)->certificate_id.empty());
  CHECK_FALSE(certificate(s).permitted);
}

TEST_CASE("evidence of a run that was stopped after its sample was drawn is not taken") {
  KeyringStory s;
  open_transfer(s);
  declare_copy(s, "A", HoldingKind::disk, CopyKind::original);
  advance_to(s, CasePhase::disposing);
  s.act(kOlivia, s.proposal("O", {"A"}));
  sign_all(s, "O");
  const HostId host = id<HostId>("host-1");
  s.act(host, s.mandate("O", "A"));
  REQUIRE(s.act(host, s.sample("O", "A")).permitted);
  REQUIRE(s.ask(host, s.completion("O", "A")).permitted);
  says(s, kWitnessStop, kBo);  // who approved it is no witness of it
  CHECK(s.ask(host, s.completion("O", "A")).permitted);
  says(s, kWitnessStop);
  CHECK(names(s.ask(host, s.completion("O", "A")), RuleId::witness_stop));
}

TEST_CASE("a witness says again at every checkpoint that they are there, where the rules ask for it") {
  KeyringStory s = ordered();
  const auto goes_on = [&] { return run_goes_on(s.state, s.pack, *s.state.find(kO), kA, s.clock.now); };
  const std::int64_t minutes =
      s.pack.profile(*s.state.find(id<CaseId>("C")), *s.state.find(kA)).checkpoint_minutes;
  REQUIRE(minutes > 30);  // longer than what counts when something begins
  says(s, kWitnessStart);
  s.clock.now = s.clock.now + minutes * kMinute;
  CHECK(goes_on());
  s.clock.now = s.clock.now + 1;
  CHECK_FALSE(goes_on());
  says(s, kWitnessStart);
  CHECK(goes_on());
  s.clock.now = s.clock.now + minutes * kMinute + 1;
  for (auto& profile : s.pack.profiles) profile.checkpoint_minutes = 0;
  CHECK(goes_on());
}

TEST_CASE(
    "what was stopped when its key was gone already is certified when a witness has said how it ended") {
  KeyringStory s = ordered(HoldingClass::C2);
  s.act(kHouse, BeginKeyDestruction{kO, kA});
  s.act(kHouse, BeginKeyAct{kO, kA, Target::there});
  says(s, kWitnessEnd);
  says(s, kWitnessStop);
  REQUIRE(s.act(kHouse, s.key_gone("O", "A")).permitted);
  CHECK(waits(certificate(s)));
  says(s, kWitnessEnd);
  CHECK(certificate(s).permitted);
}

TEST_CASE("to leave and to stop is possible when hardly anything is, and is never unsaid") {
  Attestation said;
  said.id = id<AttestationId>("W");
  said.case_id = id<CaseId>("C");
  said.person = kWei.id;
  said.subject = {SubjectKind::order, "O"};
  for (const std::string_view kind : {kWitnessLeave, kWitnessStop, kWitnessStart}) {
    said.kind = kind;
    const EnterAttestation entering{said.case_id, {proof::encode(said), {}, {}}};
    CHECK(is_restrictive(entering) == (kind != kWitnessStart));
  }
}

TEST_CASE("for other classes the witness's signature under the order is enough") {
  KeyringStory s = ordered(HoldingClass::C2);
  CHECK(wanted(s) == WitnessWord::none);
  CHECK(begin_destruction(s).permitted);
}
