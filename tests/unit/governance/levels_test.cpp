// The level of a holding and of the parties around it decides how many sign, whether a witness watches, how
// long an order may run and how strong the method is. Raised by one, lowered by two.
#include <catch2/catch.hpp>

#include "tests/unit/governance/phase_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

const Subject kAboutBuyer{SubjectKind::party, kBuyer.text()},
    kAboutSeller{SubjectKind::party, kSeller.text()};

KeyringStory sold(std::uint32_t level = 2, HoldingKind kind = HoldingKind::record_set) {
  KeyringStory s;
  open_transfer(s);
  declare_copy(s, "A", kind, CopyKind::original);
  s.act(kOlivia, classing("A", HoldingClass::C2, level));
  s.act(kBo, classing("A", HoldingClass::C2, level));
  if (kind == HoldingKind::record_set) seal_copy(s, "A");
  advance_to(s, CasePhase::disposing);
  return s;
}
const Profile& profile(const Story& s) { return s.pack.profile(*s.state.find(kC), *s.state.find(kA)); }
Decision begin(Story& s) { return s.ask(kHouse, BeginKeyDestruction{kO, kA}); }
AttestationId rated(Story& s, const Subject& party, int level, const Person& who = kEli) {
  return attest(s, "risk_level", party, {{"level", std::to_string(level)}, {"reason", "why"}}, who);
}
Decision rates(Story& s, int level, const Person& who, std::optional<UnixMs> until = std::nullopt) {
  Attestation said;
  said.id = id<AttestationId>("level");
  said.case_id = kC;
  said.person = who.id;
  said.kind = "risk_level";
  said.subject = kAboutSeller;
  said.document = sha256("an assessment");
  said.from = s.clock.now;
  said.until = until;
  said.fields = {{"level", std::to_string(level)}, {"reason", "why"}};
  said.nonce = sha256("a level");
  return s.ask(who, EnterAttestation{kC, {proof::encode(said), to_bytes("c"), to_bytes("s")}});
}

}  // namespace

TEST_CASE("a raised level voids pending approvals") {
  KeyringStory s = sold();
  s.propose("O", {"A"});
  sign_all(s, "O");
  REQUIRE(begin(s).permitted);
  s.act(kOlivia, classing("A", HoldingClass::C2, 3));  // the same profile: the same order may be signed again
  CHECK(names(begin(s), RuleId::quorum));
  sign_all(s, "O");
  CHECK(begin(s).permitted);
  s.act(kOlivia, classing("A", HoldingClass::C2, 4));  // more people than the order names
  sign_all(s, "O");
  CHECK(names(begin(s), RuleId::quorum));
}

TEST_CASE("a level that two people have lowered voids nothing, and what has begun is not called back") {
  KeyringStory s = sold(3);
  s.propose("O", {"A"});
  sign_all(s, "O");
  s.act(kOlivia, classing("A", HoldingClass::C2, 2));
  s.act(kBo, classing("A", HoldingClass::C2, 2));
  REQUIRE(s.state.find(kA)->classification->level == 2);
  REQUIRE(s.act(kHouse, BeginKeyDestruction{kO, kA}).permitted);
  s.act(kOlivia, classing("A", HoldingClass::C2, 3));
  CHECK(s.ask(kHouse, BeginKeyAct{kO, kA, Target::there}).permitted);
}

TEST_CASE("quorum, witness, window and method follow the level, both ways") {
  KeyringStory s = sold(3, HoldingKind::disk);
  const Profile low = profile(s);
  CHECK(low.requirement.approvers == 2);
  CHECK_FALSE(low.live_witness);
  CHECK(low.window_hours == 0);
  CHECK(low.least_claim == SanitizationMethod::clear);
  s.act(kOlivia, classing("A", HoldingClass::C2, 4));
  CHECK(profile(s).requirement.approvers == 3);
  CHECK(profile(s).live_witness);
  CHECK(profile(s).window_hours == 168);
  s.act(kOlivia, classing("A", HoldingClass::C2, 5));
  CHECK(profile(s).least_claim == SanitizationMethod::purge);
  s.act(kOlivia, classing("A", HoldingClass::C2, 3));
  CHECK(profile(s).least_claim == SanitizationMethod::purge);  // one person lowers nothing
  s.act(kBo, classing("A", HoldingClass::C2, 3));
  CHECK(profile(s) == low);
}

TEST_CASE(
    "an order is proposed with the method of its level, and one that asks for less is not carried out") {
  KeyringStory s = sold(3, HoldingKind::disk);
  s.propose("O", {"A"});
  sign_all(s, "O");
  REQUIRE(s.state.find(kO)->ordered(kA)->least_claim == SanitizationMethod::clear);
  for (auto& profile : s.pack.profiles)
    if (profile.name == "high-level") {
      profile.least_claim = SanitizationMethod::purge;
      profile.requirement.approvers = 2;  // so that the method alone is in the way
      profile.live_witness = false;
    }
  const HostId host = id<HostId>("host-1");
  REQUIRE(s.ask(host, s.mandate("O", "A")).permitted);
  s.act(kOlivia, classing("A", HoldingClass::C2, 4));
  sign_all(s, "O");
  const Decision weak = s.ask(host, s.mandate("O", "A"));
  CHECK(names(weak, RuleId::plan));
  CHECK_FALSE(names(weak, RuleId::quorum));
  s.act(kOlivia, WithdrawOrder{kO, "too weak"});
  s.propose("O2", {"A"});
  CHECK(s.state.find(id<OrderId>("O2"))->ordered(kA)->least_claim == SanitizationMethod::purge);
}

TEST_CASE("a higher level lets an order run for less time, also one that was proposed before") {
  KeyringStory s = sold();
  ProposeOrder command = s.proposal("O", {"A"});
  command.not_after = s.clock.now + 200 * Story::kHour;
  REQUIRE(s.act(kOlivia, command).permitted);
  Story high = sold(4);
  CHECK(names(high.ask(kOlivia, command), RuleId::order_window));
  command.not_after = high.clock.now + 160 * Story::kHour;
  CHECK(high.ask(kOlivia, command).permitted);
  s.act(kOlivia, classing("A", HoldingClass::C2, 4));
  CHECK(names(begin(s), RuleId::order_window));
}

TEST_CASE("a risky party raises the level of what it has and of what goes to it") {
  KeyringStory s = sold();
  REQUIRE(profile(s).name == "customer-data");
  const auto handing = [&] { return risk_level(*s.state.find(kC), s.state.find(kA), OrderAct::hand); };
  rated(s, kAboutBuyer, 5);
  CHECK(profile(s).name == "customer-data");
  CHECK(handing() == 5);
  s.propose("O", {"A"});
  sign_all(s, "O");
  REQUIRE(begin(s).permitted);
  rated(s, kAboutSeller, 4);
  CHECK(profile(s).name == "high-level");
  CHECK(names(begin(s), RuleId::quorum));
  rated(s, kAboutSeller, 2);
  rated(s, kAboutSeller, 2);  // the same person again
  CHECK(profile(s).name == "high-level");
  rated(s, kAboutSeller, 2, kDara);
  CHECK(profile(s).name == "customer-data");
  CHECK(names(begin(s), RuleId::quorum));  // who signed before signs again
}

TEST_CASE("who asked to lower a party's level and is suspended since has not asked") {
  KeyringStory s = sold();
  rated(s, kAboutSeller, 4);
  rated(s, kAboutSeller, 2, kEli);
  s.act(kBo, SuspendPerson{kEli.id, kC, "an inquiry"});
  rated(s, kAboutSeller, 2, kDara);
  CHECK(profile(s).name == "high-level");
  rated(s, kAboutSeller, 2, kBo);
  CHECK(profile(s).name == "customer-data");
}

TEST_CASE("a level is 1 to 5, for good until another is said, and nobody confirms their own lowering") {
  KeyringStory s = sold();
  CHECK(rates(s, 3, kDara).permitted);
  CHECK(names(rates(s, 0, kDara), RuleId::attestation));
  CHECK(names(rates(s, 6, kDara), RuleId::attestation));
  CHECK(names(rates(s, 3, kDara, s.clock.now + Story::kHour), RuleId::attestation));
  CHECK(names(rates(s, 3, kWei), RuleId::attestation));  // a witness says nothing of parties
  rated(s, kAboutSeller, 4, kBo);
  rated(s, kAboutSeller, 2, kDara);
  CHECK(names(rates(s, 2, kDara), RuleId::lowering));
  CHECK(rates(s, 1, kDara).permitted);
  CHECK(rates(s, 2, kBo).permitted);
}
