// CAdES signatures and time-stamps: ours, flipped, and judged by openssl.
#include <catch2/catch.hpp>

#include "base/encoding.hpp"
#include "proof/der.hpp"
#include "tests/support/signing_world.hpp"
#include "tests/unit/proof/made_in_tests.hpp"

using namespace quietus;
using namespace quietus::proof;
using quietus::test::kNow;
using quietus::test::SigningWorld;

namespace {

Bytes sign() {
  auto& holder = world().certificate;
  return build_cades_bes(kContent, holder.certificate, chain(), kNow, holder.digest_signer()).value();
}

}  // namespace

TEST_CASE("a statement is signed, checked and carried in its envelope") {
  const auto& person = world().proposer;
  const auto statement = person.sign(to_bytes(R"({"type":"quietus.approval/1"})"));
  CHECK(verify_signature(statement));
  CHECK(*statement_from_json(to_json(statement)) == statement);
  for (Bytes SignedStatement::* part :
       {&SignedStatement::payload, &SignedStatement::certificate, &SignedStatement::signature}) {
    for (std::size_t i = 0; i < (statement.*part).size(); ++i) {
      SignedStatement flipped = statement;
      (flipped.*part)[i] ^= 1;
      // A flip inside the certificate may leave its key alone; then the chain fails instead.
      const bool holds = verify_signature(flipped).has_value();
      if (part != &SignedStatement::certificate) {
        REQUIRE_FALSE(holds);
      } else if (holds) {
        const auto read = *X509Certificate::parse(flipped.certificate);
        REQUIRE_FALSE(verify_chain(read, {world().people.certificate()}, world().root.certificate(), kNow,
                                   Purpose::person));
      }
    }
  }
}

TEST_CASE("a statement signed with a key that is not the certificate's is never made") {
  const auto& w = world();
  CHECK_FALSE(sign_statement(to_bytes("{}"), w.proposer.certificate.der(), w.witness.signer()));
  CHECK_FALSE(sign_statement({}, w.proposer.certificate.der(), w.proposer.signer()));
}

TEST_CASE("a CAdES signature holds for its content, signer and chain, and tells its time") {
  const auto& signer = world().certificate.certificate;
  const Bytes p7s = sign();
  const auto time = verify_cades_bes(p7s, kContent, signer, chain());
  REQUIRE(time);
  CHECK(time->value == kNow.value / 1000 * 1000);
  CHECK_FALSE(verify_cades_bes(p7s, to_bytes("other"), signer, chain()));
  CHECK_FALSE(verify_cades_bes(p7s, kContent, world().mandate.certificate, chain()));
  CHECK_FALSE(verify_cades_bes(p7s, kContent, signer, {}));
  CHECK_FALSE(verify_cades_bes(p7s, kContent, signer, {world().people.certificate()}));
}

TEST_CASE("every single-bit flip of a CAdES signature is refused") {
  const Bytes p7s = sign();
  for (std::size_t i = 0; i < p7s.size() * 8; ++i) {
    Bytes flipped = p7s;
    flipped[i / 8] ^= static_cast<std::uint8_t>(1 << (i % 8));
    INFO("bit " << i);
    REQUIRE_FALSE(verify_cades_bes(flipped, kContent, world().certificate.certificate, chain()));
  }
}

TEST_CASE("a CAdES signature that is cut short or made longer is refused") {
  const Bytes p7s = sign();
  for (std::size_t size = 0; size < p7s.size(); ++size) {
    REQUIRE_FALSE(
        verify_cades_bes(BytesView(p7s).first(size), kContent, world().certificate.certificate, chain()));
  }
  Bytes longer = p7s;
  longer.push_back(0);
  CHECK_FALSE(verify_cades_bes(longer, kContent, world().certificate.certificate, chain()));
}

TEST_CASE("a signature by another key than the certificate's is never built") {
  auto& w = world();
  CHECK_FALSE(build_cades_bes(kContent, w.certificate.certificate, chain(), kNow, w.mandate.digest_signer()));
}

TEST_CASE("a signature with the root embedded as well is refused by us") {
  auto& w = world();
  const auto p7s =
      build_cades_bes(kContent, w.certificate.certificate, {w.service.certificate(), w.root.certificate()},
                      kNow, w.certificate.digest_signer());
  REQUIRE(p7s);
  CHECK_FALSE(verify_cades_bes(*p7s, kContent, w.certificate.certificate, chain()));
}

TEST_CASE("openssl verifies our CAdES signature, and refuses it over other content") {
  const test::TemporaryFolder folder;
  folder.file("root.pem", as_bytes(world().root.certificate().pem()));
  folder.file("c.json", kContent);
  folder.file("other.json", as_bytes("other"));
  folder.file("c.p7s", sign());
  const std::string base =
      "openssl cms -verify -binary -cades -purpose any -attime 1768478460 -inform DER -in c.p7s "
      "-CAfile root.pem -no-CApath -no-CAstore -out /dev/null -content ";
  std::string output;
  CHECK(test::run_shell(base + "c.json", folder.path(), &output) == 0);
  INFO(output);
  CHECK(test::run_shell(base + "other.json", folder.path()) != 0);
}

TEST_CASE("a time-stamp holds for its data and request, and tells milliseconds") {
  auto& w = world();
  const Bytes nonce = random_bytes(8);
  const auto request = make_time_stamp_request(kContent, nonce);
  const auto response = w.time_stamps.answer(*request);
  REQUIRE(response);
  const auto time = verify_time_stamp(*response, kContent, nonce, w.stamp_trust());
  REQUIRE(time);
  CHECK(time->value == kNow.value + 60'000);
  CHECK(verify_time_stamp(*response, kContent, std::nullopt, w.stamp_trust()));
  CHECK_FALSE(verify_time_stamp(*response, to_bytes("other"), nonce, w.stamp_trust()));
  CHECK_FALSE(verify_time_stamp(*response, kContent, random_bytes(8), w.stamp_trust()));
  auto wrong = w.stamp_trust();
  wrong.authority = w.certificate.certificate;
  CHECK_FALSE(verify_time_stamp(*response, kContent, nonce, wrong));
  wrong = w.stamp_trust();
  wrong.root = lab::Authority::create_root(lab::valid_for_days(kNow, 3650))->certificate();
  CHECK_FALSE(verify_time_stamp(*response, kContent, nonce, wrong));
}

TEST_CASE("every single-bit flip of a time-stamp is refused") {
  auto& w = world();
  const Bytes response = w.stamp(kContent);
  const auto trust = w.stamp_trust();
  for (std::size_t i = 0; i < response.size() * 8; ++i) {
    Bytes flipped = response;
    flipped[i / 8] ^= static_cast<std::uint8_t>(1 << (i % 8));
    INFO("bit " << i);
    REQUIRE_FALSE(verify_time_stamp(flipped, kContent, std::nullopt, trust));
  }
}

TEST_CASE("the authority refuses another hash and garbage, and a refusal is no time-stamp") {
  auto& w = world();
  Bytes request = *make_time_stamp_request(kContent, Bytes(8, 1));
  Bytes garbage = request;
  garbage.resize(20);
  const auto answer = w.time_stamps.answer(garbage);
  if (answer) CHECK_FALSE(verify_time_stamp(*answer, kContent, std::nullopt, w.stamp_trust()));
  request[request.size() - 46 - 13] ^= 0x03;  // somewhere in the hash algorithm
  const auto refused = w.time_stamps.answer(request);
  if (refused) CHECK_FALSE(verify_time_stamp(*refused, kContent, std::nullopt, w.stamp_trust()));
  const auto bare = *w.time_stamps.answer(*make_time_stamp_request(kContent, Bytes(8, 1), false));
  CHECK_FALSE(
      verify_time_stamp(bare, kContent, std::nullopt, w.stamp_trust()));  // certificates must travel with it
}

TEST_CASE("serial numbers go on after a restart") {
  const test::TemporaryFolder folder;
  const std::string path = folder.path() + "/serial";
  auto& w = world();
  FileKey key = *FileKey::generate();
  const auto certificate =
      *w.tsa_ca.issue_signer(key.public_key(), "tsa-2", Purpose::time_stamp, lab::valid_for_days(kNow, 9));
  REQUIRE(key.save(folder.path() + "/key.pem"));
  for (int expected = 2; expected <= 4; expected += 2) {
    auto authority = lab::TimeStampAuthority::create(*FileKey::load(folder.path() + "/key.pem"), certificate,
                                                     w.tsa_ca.certificate(), path, [] { return kNow; });
    REQUIRE(authority);
    REQUIRE(authority->answer(*make_time_stamp_request(kContent, Bytes(8, 1))));
    REQUIRE(authority->answer(*make_time_stamp_request(kContent, Bytes(8, 2))));
    CHECK(test::run_shell("test $(cat serial) = " + std::to_string(expected), folder.path()) == 0);
  }
  folder.file("serial", as_bytes("x\n"));
  CHECK_FALSE(lab::TimeStampAuthority::create(std::move(key), certificate, w.tsa_ca.certificate(), path,
                                              [] { return kNow; }));
}

TEST_CASE("openssl verifies our time-stamps, and we verify a request made by openssl") {
  auto& w = world();
  const test::TemporaryFolder folder;
  folder.file("root.pem", as_bytes(w.root.certificate().pem()));
  folder.file("tsa-ca.pem", as_bytes(w.tsa_ca.certificate().pem()));
  folder.file("data", kContent);
  folder.file("data.tsr", w.stamp(kContent));
  std::string output;
  CHECK(test::run_shell("openssl ts -verify -data data -in data.tsr -CAfile root.pem -untrusted tsa-ca.pem "
                        "-attime 1768478460",
                        folder.path(), &output) == 0);
  INFO(output);
  CHECK(
      test::run_shell(
          "echo x >> data; openssl ts -verify -data data -in data.tsr -CAfile root.pem -untrusted tsa-ca.pem "
          "-attime 1768478460",
          folder.path()) != 0);
  folder.file("data", kContent);
  REQUIRE(test::run_shell("openssl ts -query -data data -sha256 -cert -out q.tsq", folder.path()) == 0);
  std::string request_hex;
  REQUIRE(test::run_shell("od -An -v -tx1 q.tsq | tr -d ' \\n'", folder.path(), &request_hex) == 0);
  const auto answer = w.time_stamps.answer(*from_hex(request_hex));
  REQUIRE(answer);
  CHECK(verify_time_stamp(*answer, kContent, std::nullopt, w.stamp_trust()));
}

TEST_CASE("the DER reader refuses what DER forbids") {
  const auto reads = [](const char* text) { return DerReader(*from_hex(text)).next().has_value(); };
  CHECK(reads("0203010203"));
  CHECK_FALSE(reads("02"));
  CHECK_FALSE(reads("0204010203"));        // longer than what holds it
  CHECK_FALSE(reads("02810101"));          // a length that could be shorter
  CHECK_FALSE(reads("0282008001"));        // leading zero in the length
  CHECK_FALSE(reads("30800000"));          // indefinite
  CHECK_FALSE(reads("1f810100"));          // multi-byte tag
  CHECK_FALSE(reads("3085010000000000"));  // absurd length of a length
}
