// Whose word an attestation is gets settled before anybody asks whether it is allowed.
#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "proof/documents.hpp"
#include "tests/support/appliance.hpp"
#include "tests/support/fake_store.hpp"

namespace quietus::test {
namespace {

using namespace quietus::service;

Attestation a_word(const std::string& case_id, const std::string& person) {
  Attestation said;
  said.id = *AttestationId::parse(random_id("att"));
  said.case_id = *CaseId::parse(case_id);
  said.person = *PersonId::parse(person);
  said.kind = "nda";
  said.subject = {SubjectKind::person, person};
  said.document = sha256("the agreement");
  said.from = kNow;
  said.fields = {{"version", "3"}};
  said.nonce = random_digest();
  return said;
}

Json body_of(const SignedStatement& statement) {
  return Json::Object{{"statement", proof::to_json(statement)}};
}

struct Refused {
  ErrorKind kind;
  std::uint64_t added;
};
Refused refused(Appliance& appliance, const Holder& who, const std::string& case_id, const Json& body) {
  const auto before = appliance.ledger->head().size;
  const auto answer = appliance.ask(enter_attestation, who, {{"case", case_id}}, body);
  REQUIRE_FALSE(answer);
  return {answer.error().kind, appliance.ledger->head().size - before};
}

}  // namespace

TEST_CASE("an attestation whose signature does not hold is refused before it is a command") {
  FakeStore store;
  Appliance appliance(store);
  const auto case_id = appliance.open_case();
  auto statement = appliance.world.proposer.sign(proof::encode(a_word(case_id, "p-0001")));
  statement.payload.back() = ' ';
  const auto got = refused(appliance, appliance.world.proposer, case_id, body_of(statement));
  CHECK(got.kind == ErrorKind::verification_failed);
  CHECK(got.added == 0);
}

TEST_CASE("an attestation that somebody else signed is refused, whoever brings it") {
  FakeStore store;
  Appliance appliance(store);
  const auto case_id = appliance.open_case();
  const auto statement = appliance.world.approver_1.sign(proof::encode(a_word(case_id, "p-0002")));
  const auto got = refused(appliance, appliance.world.proposer, case_id, body_of(statement));
  CHECK(got.kind == ErrorKind::denied);
  CHECK(got.added == 0);
}

TEST_CASE("a person may sign with a card: another certificate that names them, whose word the ledger keeps") {
  FakeStore store;
  Appliance appliance(store);
  const auto case_id = appliance.open_case();
  const auto& world = appliance.world;
  const Holder card = world.person("p-0001", world.proposer.certificate.common_name(),
                                   world.proposer.certificate.department());
  REQUIRE(card.certificate.fingerprint() != world.proposer.certificate.fingerprint());
  const Attestation said = a_word(case_id, "p-0001");
  const auto answer = appliance.ask(enter_attestation, world.proposer, {{"case", case_id}},
                                    body_of(card.sign(proof::encode(said))));
  REQUIRE(answer);
  const auto by = appliance.ledger->look(
      [&](const governance::State& state) { return state.find(said.id)->signer.certificate; });
  CHECK(by == card.certificate.fingerprint());
}

TEST_CASE("a card that was revoked, or names another department, signs nothing") {
  FakeStore store;
  Appliance appliance(store);
  const auto case_id = appliance.open_case();
  const auto& world = appliance.world;
  const Holder card = world.person("p-0001", world.proposer.certificate.common_name(),
                                   world.proposer.certificate.department());
  const Json word = body_of(card.sign(proof::encode(a_word(case_id, "p-0001"))));
  appliance.revoked = {card.certificate};
  CHECK(refused(appliance, world.proposer, case_id, word).kind == ErrorKind::verification_failed);
  appliance.revoked = {};
  const Holder other = world.person("p-0001", world.proposer.certificate.common_name(), "another department");
  const Json theirs = body_of(other.sign(proof::encode(a_word(case_id, "p-0001"))));
  CHECK(refused(appliance, world.proposer, case_id, theirs).kind == ErrorKind::denied);
  CHECK(appliance.ask(enter_attestation, world.proposer, {{"case", case_id}}, word));
}

TEST_CASE("a certificate of another people CA signs nothing here") {
  FakeStore store;
  Appliance appliance(store);
  const auto case_id = appliance.open_case();
  const SigningWorld elsewhere = SigningWorld::make();
  const auto statement = elsewhere.proposer.sign(proof::encode(a_word(case_id, "p-0001")));
  const auto got = refused(appliance, elsewhere.proposer, case_id, body_of(statement));
  CHECK(got.kind == ErrorKind::verification_failed);
  CHECK(got.added == 0);
}

TEST_CASE("a signed statement that is no attestation is refused") {
  FakeStore store;
  Appliance appliance(store);
  const auto case_id = appliance.open_case();
  const auto statement = appliance.world.proposer.sign(to_bytes(R"({"type":"quietus.approval/1"})"));
  CHECK(refused(appliance, appliance.world.proposer, case_id, body_of(statement)).kind ==
        ErrorKind::invalid_input);
}

TEST_CASE("a person without a role in the case is told that it does not exist") {
  FakeStore store;
  Appliance appliance(store);
  const auto case_id = appliance.open_case();
  const Holder stranger = appliance.world.person("p-0099", "Nobody", "none");
  const auto statement = stranger.sign(proof::encode(a_word(case_id, "p-0099")));
  CHECK(refused(appliance, stranger, case_id, body_of(statement)).kind == ErrorKind::not_found);
  CHECK(appliance.ask(list_attestations, stranger, {{"case", case_id}}).error().kind == ErrorKind::not_found);
  CHECK(appliance.ask(list_findings, stranger, {{"case", case_id}}).error().kind == ErrorKind::not_found);
  CHECK(appliance.ask(copy_tree, stranger, {{"case", case_id}}).error().kind == ErrorKind::not_found);
  CHECK(appliance.ask(show_today, stranger, {})->find("tasks")->array()->empty());
}

}  // namespace quietus::test
