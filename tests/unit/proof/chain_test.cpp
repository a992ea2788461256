#include <catch2/catch.hpp>

#include "proof/csr.hpp"
#include "tests/support/signing_world.hpp"
#include "tests/unit/proof/made_in_tests.hpp"

using namespace quietus;
using namespace quietus::proof;
using quietus::test::kNow;
using quietus::test::SigningWorld;

namespace {

Status check(const X509Certificate& leaf, const lab::Authority& issuer, Purpose purpose, UnixMs at = kNow,
             const std::vector<Bytes>& crls = {}) {
  return verify_chain(leaf, {issuer.certificate()}, world().root.certificate(), at, purpose, crls);
}

}  // namespace

TEST_CASE("each certificate is believed for its own purpose and for no other") {
  auto& w = world();
  FileKey key = *FileKey::generate();
  const auto year = lab::valid_for_days(kNow, 365);
  const auto server = *w.service.issue_server(key.public_key(), "kms-1", year);
  const auto client = *w.service.issue_client(key.public_key(), "host-1", "eraser", year);
  const std::vector<std::tuple<X509Certificate, const lab::Authority*, Purpose>> all{
      {w.proposer.certificate, &w.people, Purpose::person},
      {w.host.certificate, &w.service, Purpose::host},
      {w.mandate.certificate, &w.service, Purpose::mandate},
      {w.certificate.certificate, &w.service, Purpose::certificate},
      {w.checkpoint.certificate, &w.service, Purpose::checkpoint},
      {w.tsa, &w.tsa_ca, Purpose::time_stamp},
      {server, &w.service, Purpose::server},
      {client, &w.service, Purpose::client}};
  for (const auto& [certificate, issuer, own] : all) {
    for (const auto& [unused, unused_issuer, purpose] : all) {
      INFO(certificate.subject() << " as " << to_string(purpose));
      CHECK(check(certificate, *issuer, purpose).has_value() == (purpose == own));
    }
  }
}

TEST_CASE("a person's certificate from the service authority is no person") {
  auto& w = world();
  FileKey key = *FileKey::generate();
  const auto fake = *w.service.issue_person(key.public_key(), *PersonId::parse("p-1"), "N", "risk",
                                            lab::valid_for_days(kNow, 365));
  CHECK_FALSE(check(fake, w.service, Purpose::person));
}

TEST_CASE("a mandate certificate from the people authority gives no mandate") {
  auto& w = world();
  FileKey key = *FileKey::generate();
  const auto fake =
      *w.people.issue_signer(key.public_key(), "x", Purpose::mandate, lab::valid_for_days(kNow, 365));
  CHECK_FALSE(check(fake, w.people, Purpose::mandate));
}

TEST_CASE("a chain is checked at the given time and not at the machine's") {
  auto& w = world();
  CHECK(check(w.mandate.certificate, w.service, Purpose::mandate, kNow + 364 * kDay));
  CHECK_FALSE(check(w.mandate.certificate, w.service, Purpose::mandate, kNow + 366 * kDay));
  CHECK_FALSE(check(w.mandate.certificate, w.service, Purpose::mandate, kNow + -kDay));
}

TEST_CASE("a chain under another root, without its intermediate, or with one too many is refused") {
  auto& w = world();
  const auto other = *lab::Authority::create_root(lab::valid_for_days(kNow, 3650));
  CHECK_FALSE(verify_chain(w.mandate.certificate, {w.service.certificate()}, other.certificate(), kNow,
                           Purpose::mandate));
  CHECK_FALSE(verify_chain(w.mandate.certificate, {}, w.root.certificate(), kNow, Purpose::mandate));
  // An intermediate used as anchor, and a leaf issued by the root itself.
  CHECK_FALSE(verify_chain(w.mandate.certificate, {}, w.service.certificate(), kNow, Purpose::mandate));
  FileKey key = *FileKey::generate();
  const auto direct =
      *w.root.issue_signer(key.public_key(), "x", Purpose::mandate, lab::valid_for_days(kNow, 365));
  CHECK_FALSE(verify_chain(direct, {w.service.certificate()}, w.root.certificate(), kNow, Purpose::mandate));
  // Path length 0: an intermediate cannot make another one.
  const auto deeper = *w.service.intermediate("service", lab::valid_for_days(kNow, 365));
  const auto deep =
      *deeper.issue_signer(key.public_key(), "x", Purpose::mandate, lab::valid_for_days(kNow, 365));
  CHECK_FALSE(verify_chain(deep, {deeper.certificate(), w.service.certificate()}, w.root.certificate(), kNow,
                           Purpose::mandate));
  CHECK_FALSE(check(w.service.certificate(), w.service, Purpose::mandate));
}

TEST_CASE("a revoked certificate is refused, and so is a missing or outdated revocation list") {
  auto& w = world();
  const auto good = *w.people.issue_crl({w.approver_1.certificate}, kNow, 7, 1);
  CHECK(check(w.proposer.certificate, w.people, Purpose::person, kNow, {good}));
  CHECK_FALSE(check(w.approver_1.certificate, w.people, Purpose::person, kNow, {good}));
  CHECK_FALSE(check(w.proposer.certificate, w.people, Purpose::person, kNow + 8 * kDay, {good}));
  CHECK_FALSE(check(w.mandate.certificate, w.service, Purpose::mandate, kNow, {good}));
  Bytes damaged = good;
  damaged[damaged.size() - 5] ^= 1;
  CHECK_FALSE(check(w.proposer.certificate, w.people, Purpose::person, kNow, {damaged}));
}

TEST_CASE("a person is read out of a certificate, and a host is not a person") {
  auto& w = world();
  const auto person = person_from_certificate(w.proposer.certificate);
  REQUIRE(person);
  CHECK(person->id.text() == "p-0001");
  CHECK(person->name == "Wang Fang 王芳");
  CHECK(person->department == "storage");
  CHECK(person->certificate == sha256(w.proposer.certificate.der()));
  CHECK_FALSE(person_from_certificate(w.host.certificate));
}

TEST_CASE("every single-bit flip of a certificate fails to parse or to verify") {
  auto& w = world();
  const Bytes& der = w.mandate.certificate.der();
  for (std::size_t i = 0; i < der.size() * 8; ++i) {
    Bytes flipped = der;
    flipped[i / 8] ^= static_cast<std::uint8_t>(1 << (i % 8));
    const auto read = X509Certificate::parse(flipped);
    INFO("bit " << i);
    REQUIRE_FALSE((read && check(*read, w.service, Purpose::mandate)));
  }
}

TEST_CASE("a certificate reads the same from PEM and DER, and nothing may follow it") {
  auto& w = world();
  const auto& certificate = w.mandate.certificate;
  CHECK(*X509Certificate::parse(as_bytes(certificate.pem())) == certificate);
  CHECK(*X509Certificate::parse(certificate.der()) == certificate);
  Bytes longer = certificate.der();
  longer.push_back(0);
  CHECK_FALSE(X509Certificate::parse(longer));
  CHECK_FALSE(X509Certificate::parse(as_bytes(certificate.pem() + w.host.certificate.pem())));
  CHECK(parse_pem_bundle(as_bytes(certificate.pem() + w.host.certificate.pem()))->size() == 2);
  CHECK_FALSE(parse_pem_bundle(as_bytes(certificate.pem().substr(0, 200))));
  CHECK_FALSE(parse_pem_bundle(as_bytes("nothing")));
}

TEST_CASE("a certificate request proves possession of its key") {
  const FileKey key = *FileKey::generate();
  const auto sign = [&](BytesView message) { return key.sign_sha256(message); };
  const auto der = make_csr("host-7", key.public_key(), sign);
  REQUIRE(der);
  for (const Bytes& form : {*der, to_bytes(csr_pem(*der))}) {
    const auto request = read_csr(form);
    REQUIRE(request);
    CHECK(request->common_name == "host-7");
    CHECK(request->spki == key.public_key());
  }
  const FileKey other = *FileKey::generate();
  CHECK_FALSE(make_csr("host-7", other.public_key(), sign));
  for (std::size_t i = 0; i < der->size() * 8; ++i) {
    Bytes flipped = *der;
    flipped[i / 8] ^= static_cast<std::uint8_t>(1 << (i % 8));
    INFO("bit " << i);
    REQUIRE_FALSE(read_csr(flipped));
  }
  const auto issued = world().service.issue_from_csr(*der, Purpose::host, lab::valid_for_days(kNow, 365));
  REQUIRE(issued);
  CHECK(issued->common_name() == "host-7");
  CHECK(check(*issued, world().service, Purpose::host));
}

TEST_CASE("openssl reads our certificate request") {
  const FileKey key = *FileKey::generate();
  const auto der =
      make_csr("host-7", key.public_key(), [&](BytesView message) { return key.sign_sha256(message); });
  const test::TemporaryFolder folder;
  folder.file("r.csr", as_bytes(csr_pem(*der)));
  std::string output;
  CHECK(test::run_shell("openssl req -in r.csr -verify -noout -subject", folder.path(), &output) == 0);
  CHECK(output.find("host-7") != std::string::npos);
}

TEST_CASE("an authority survives being saved and loaded, and its key file is private") {
  const test::TemporaryFolder folder;
  const auto& root = world().root;
  const std::string key = folder.path() + "/root.key", pem = folder.path() + "/root.pem";
  REQUIRE(root.save(key, pem));
  CHECK_FALSE(root.save(key, pem));  // never over an existing key
  const auto loaded = lab::Authority::load(key, pem);
  REQUIRE(loaded);
  const auto again = *loaded->intermediate("people", lab::valid_for_days(kNow, 10));
  FileKey person = *FileKey::generate();
  const auto leaf =
      *again.issue_person(person.public_key(), *PersonId::parse("p"), "N", "D", lab::valid_for_days(kNow, 5));
  CHECK(verify_chain(leaf, {again.certificate()}, root.certificate(), kNow, Purpose::person));
  CHECK(test::run_shell("test $(stat -c %a root.key) = 600", folder.path()) == 0);
  CHECK(test::run_shell("chmod 644 root.key", folder.path()) == 0);
  CHECK_FALSE(lab::Authority::load(key, pem));
}
