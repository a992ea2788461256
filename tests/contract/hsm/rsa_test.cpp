// A token without ECDSA: SoftHSM whose profile says so.
#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "tests/contract/hsm/hsm_under_test.hpp"

namespace quietus::testing {

namespace {

std::unique_ptr<Hsm> without_ecdsa() {
  Pkcs11Settings settings = softhsm_settings("contract");
  settings.profile.quirks.no_ecdsa = true;
  return std::move(Pkcs11Hsm::attach(settings).value());
}

}  // namespace

TEST_CASE("a token whose profile forbids ECDSA carries RSA, and refuses a curve by name") {
  const auto hsm = without_ecdsa();
  CHECK_FALSE(hsm->capabilities().ecdsa_p256);
  CHECK_FALSE(hsm->capabilities().ecdsa_p384);
  CHECK(hsm->capabilities().rsa_pss);
  const auto refused = hsm->generate_signing_key("signer", EcCurve::p384);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("P-384") != std::string::npos);
}

TEST_CASE("an RSA key signs with the one set of parameters that verifiers take, and goes with both halves") {
  const auto hsm = without_ecdsa();
  const auto before = hsm->census().value();
  const auto key = hsm->generate_rsa_signing_key("certificate");
  REQUIRE(key);
  CHECK(hsm->census()->size() == before.size() + 2);
  const Bytes spki = hsm->public_key(*key).value();
  CHECK(is_rsa_key(spki));
  const BytesView message = as_bytes("a certificate");
  const Bytes signature = hsm->sign_digest(*key, sha256(message).view()).value();
  CHECK(signature.size() == 384);
  CHECK(verify_sha256(spki, message, signature));
  CHECK_FALSE(verify_sha256(spki, as_bytes("another"), signature));
  CHECK(hsm->sign_digest(*key, Bytes(48)).error().kind == ErrorKind::invalid_input);
  const auto attributes = hsm->attributes(*key).value();
  CHECK((attributes.sensitive && !attributes.extractable && !attributes.copyable && !attributes.modifiable));
  REQUIRE(hsm->destroy(*key));
  CHECK(hsm->public_key(*key).error().kind == ErrorKind::not_found);
  CHECK(hsm->census().value() == before);
}

}  // namespace quietus::testing
