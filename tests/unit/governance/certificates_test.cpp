// Whose word puts another certificate in the place of one, and of which.
#include "governance/certificates.hpp"

#include <catch2/catch.hpp>

#include "proof/predecessor.hpp"
#include "tests/unit/governance/replay_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

const std::string kFirst = "certificate-D";

/// A disk is destroyed and certified.
struct Certified : LawfulStory {
  Certified() {
    open_case();
    declare_disk("D");
    propose("O", {"D"});
    sign_fully("O");
    erase_disk("O", "D");
    act(kHouse, certificate("O", "D"));
  }
  Decision say(const Person& who, const std::string& outcome, const std::string& certificate = kFirst) {
    return attest(who, std::string(proof::kWithdrawnKind), about(kD),
                  {{"certificate", certificate}, {"outcome", outcome}, {"reason", "counted twice"}});
  }
  static ReplaceCertificate replacing(const std::string& of, const std::string& by, Replacement outcome) {
    return {kD, of, by, outcome, Json::Object{{"sha256", "digest"}}};
  }
  [[nodiscard]] std::size_t due() const { return due_replacements(state, clock.now).size(); }
};

}  // namespace

TEST_CASE("two approvers of two departments have a certificate withdrawn, once, and for good") {
  Certified s;
  const auto withdraw = Certified::replacing(kFirst, "cert-2", Replacement::withdrawn);
  CHECK(names(s.ask(kHouse, withdraw), RuleId::quorum));
  REQUIRE(s.say(kBo, "withdrawn").permitted);
  CHECK(s.due() == 0);
  CHECK(names(s.ask(kHouse, withdraw), RuleId::quorum));
  REQUIRE(s.say(kChen, "withdrawn").permitted);
  REQUIRE(s.due() == 1);
  CHECK(due_replacements(s.state, s.clock.now)[0].words.size() == 2);
  CHECK(names(s.ask(kBo, withdraw), RuleId::actor));
  CHECK(names(s.ask(kHouse, Certified::replacing(kFirst, "cert-2", Replacement::corrected)), RuleId::quorum));
  REQUIRE(s.act(kHouse, withdraw).permitted);
  CHECK(s.due() == 0);
  CHECK(s.state.find(kD)->certificate_id == "cert-2");
  CHECK(names(s.ask(kHouse, withdraw), RuleId::line_state));
  CHECK_FALSE(stands(s.state, *s.state.find(kD), kFirst));
  CHECK_FALSE(stands(s.state, *s.state.find(kD), "cert-2"));  // it certifies nothing that could be withdrawn
  CHECK(names(s.say(kBo, "withdrawn", "cert-2"), RuleId::attestation));
}

TEST_CASE("a correction can be corrected again, and withdrawn") {
  Certified s;
  std::string of = kFirst;
  for (const std::string by : {"cert-2", "cert-3"}) {
    for (const Person* who : {&kBo, &kChen}) REQUIRE(s.say(*who, "corrected", of).permitted);
    REQUIRE(s.act(kHouse, Certified::replacing(of, by, Replacement::corrected)).permitted);
    CHECK(stands(s.state, *s.state.find(kD), by));
    of = by;
  }
  for (const Person* who : {&kBo, &kChen}) REQUIRE(s.say(*who, "withdrawn", of).permitted);
  REQUIRE(s.due() == 1);
  CHECK(s.act(kHouse, Certified::replacing(of, "cert-4", Replacement::withdrawn)).permitted);
}

TEST_CASE("a certificate that is not there, and an outcome that is none, is nothing to speak of") {
  Certified s;
  CHECK(names(s.say(kBo, "withdrawn", "cert-9"), RuleId::attestation));
  CHECK(names(s.say(kBo, "improved"), RuleId::attestation));
  CHECK(names(s.say(kOlivia, "withdrawn"), RuleId::attestation));  // no approver
  REQUIRE(s.say(kBo, "withdrawn").permitted);
  REQUIRE(s.say(kBo, "withdrawn").permitted);  // twice is once
  REQUIRE(s.say(kChen, "corrected").permitted);
  CHECK(s.due() == 0);
}

TEST_CASE("a closed case takes no other word, and still one about its certificates, of its approvers") {
  Certified s;
  s.act(kHouse, EndOrder{id<OrderId>("O")});
  REQUIRE(s.act(kOlivia, CloseCase{kTransfer}).permitted);
  CHECK(names(s.attest(kBo, "complaint", about(kD), {{"text", "too late"}}), RuleId::phase));
  CHECK(names(s.say(kOlivia, "withdrawn"), RuleId::attestation));
  CHECK(names(s.say(kStranger, "withdrawn"), RuleId::role));
  REQUIRE(s.say(kBo, "withdrawn").permitted);
  REQUIRE(s.say(kChen, "withdrawn").permitted);
  CHECK(s.act(kHouse, Certified::replacing(kFirst, "cert-2", Replacement::withdrawn)).permitted);
}

TEST_CASE("a word that was taken back counts no more") {
  Certified s;
  REQUIRE(s.say(kBo, "withdrawn").permitted);
  REQUIRE(s.say(kChen, "withdrawn").permitted);
  const auto said =
      s.state.attested.at(kTransfer).at(std::string(proof::kWithdrawnKind)).at(about(kD)).front();
  REQUIRE(s.take_back(kBo, said.text()).permitted);
  CHECK(s.due() == 0);
  CHECK(names(s.ask(kHouse, Certified::replacing(kFirst, "cert-2", Replacement::withdrawn)), RuleId::quorum));
}
