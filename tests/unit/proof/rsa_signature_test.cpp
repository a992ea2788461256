// Signatures of an issuer whose token has RSA only: one set of parameters, ours and openssl's word on it, and
// everything else refused.
#include <catch2/catch.hpp>

#include "base/encoding.hpp"
#include "proof/checkpoint.hpp"
#include "proof/csr.hpp"
#include "proof/openssl_handles.hpp"
#include "proof/rsa_pss.hpp"
#include "tests/support/bundle_maker.hpp"
#include "tests/unit/proof/made_in_tests.hpp"

#include <openssl/rsa.h>

using namespace quietus;
using namespace quietus::proof;
using quietus::test::kNow;
using quietus::test::SigningWorld;

namespace {

struct PssParameters {
  int padding = RSA_PKCS1_PSS_PADDING;
  const EVP_MD* digest = EVP_sha256();
  const EVP_MD* mask = EVP_sha256();
  int salt_bytes = 32;
};

/// An RSA key as a token would hold it.
class RsaKey {
 public:
  explicit RsaKey(unsigned bits = 3072, unsigned exponent = 65537) {
    const ssl::KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
    const ssl::BigNumber e(BN_new());
    BN_set_word(e.get(), exponent);
    EVP_PKEY* made = nullptr;
    REQUIRE((EVP_PKEY_keygen_init(context.get()) == 1 &&
             EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), static_cast<int>(bits)) == 1 &&
             EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context.get(), e.get()) == 1 &&
             EVP_PKEY_generate(context.get(), &made) == 1));
    key_.reset(made);
  }
  [[nodiscard]] Bytes spki() const {
    std::uint8_t* der = nullptr;
    const int size = i2d_PUBKEY(key_.get(), &der);
    Bytes out(der, der + size);
    OPENSSL_free(der);
    return out;
  }
  [[nodiscard]] Bytes sign(BytesView digest, const PssParameters& with = {}) const {
    const ssl::KeyContext context(EVP_PKEY_CTX_new(key_.get(), nullptr));
    std::size_t size = 512;
    Bytes signature(size);
    REQUIRE((EVP_PKEY_sign_init(context.get()) == 1 &&
             EVP_PKEY_CTX_set_rsa_padding(context.get(), with.padding) == 1 &&
             EVP_PKEY_CTX_set_signature_md(context.get(), with.digest) == 1));
    if (with.padding == RSA_PKCS1_PSS_PADDING)
      REQUIRE((EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), with.mask) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), with.salt_bytes) == 1));
    REQUIRE(EVP_PKEY_sign(context.get(), signature.data(), &size, digest.data(), digest.size()) == 1);
    signature.resize(size);
    return signature;
  }
  [[nodiscard]] DigestSigner digest_signer(const PssParameters& with = {}) const {
    return [this, with](BytesView digest) -> Result<Bytes> { return sign(digest, with); };
  }
  [[nodiscard]] Signer signer() const {
    return [this](BytesView message) -> Result<Bytes> { return sign(sha256(message).view()); };
  }
  [[nodiscard]] X509Certificate certified(Purpose purpose) const {
    return world()
        .service.issue_signer(spki(), "rsa signer", purpose, lab::valid_for_days(kNow, 365))
        .value();
  }

 private:
  ssl::Key key_;
};

const RsaKey& key() {
  static const RsaKey made;
  return made;
}
const X509Certificate& signer() {
  static const X509Certificate made = key().certified(Purpose::certificate);
  return made;
}
const Bytes kMessage = to_bytes("what was signed");

Bytes signed_content() {
  return build_cades_bes(kContent, signer(), chain(), kNow, key().digest_signer()).value();
}

}  // namespace

TEST_CASE("an RSA signature holds with the one set of parameters, and with no other") {
  const Digest digest = sha256(kMessage);
  CHECK(verify_rsa_pss_digest(key().spki(), digest.view(), key().sign(digest.view())));
  CHECK(verify_sha256(key().spki(), kMessage, key().sign(digest.view())));
  CHECK_FALSE(verify_sha256(key().spki(), to_bytes("another"), key().sign(digest.view())));
  for (const PssParameters& other :
       {PssParameters{.salt_bytes = 0}, PssParameters{.salt_bytes = 20}, PssParameters{.salt_bytes = 64},
        PssParameters{.mask = EVP_sha1()}, PssParameters{.mask = EVP_sha384()},
        PssParameters{.padding = RSA_PKCS1_PADDING}})
    CHECK(verify_sha256(key().spki(), kMessage, key().sign(digest.view(), other)).error().kind ==
          ErrorKind::verification_failed);
  Bytes short_one = key().sign(digest.view());
  short_one.pop_back();
  CHECK_FALSE(verify_sha256(key().spki(), kMessage, short_one));
  CHECK_FALSE(verify_rsa_pss_digest(key().spki(), sha384(kMessage), key().sign(digest.view())));
}

TEST_CASE("RSA keys that are too short, have another exponent or another spelling are none") {
  CHECK(is_rsa_key(key().spki()));
  CHECK(is_rsa_key(RsaKey(4096).spki()));
  const RsaKey two_thousand(2048), small_exponent(3072, 3);
  for (const RsaKey* weak : {&two_thousand, &small_exponent}) {
    CHECK_FALSE(is_rsa_key(weak->spki()));
    CHECK_FALSE(verify_sha256(weak->spki(), kMessage, weak->sign(sha256(kMessage).view())));
  }
  Bytes longer = key().spki();
  longer.push_back(0);
  CHECK_FALSE(is_rsa_key(longer));
  CHECK_FALSE(is_rsa_key({}));
}

TEST_CASE(
    "an RSA signature over a certificate holds for us and for openssl, and every flipped byte is refused") {
  const Bytes p7s = signed_content();
  CHECK(verify_cades_bes(p7s, kContent, signer(), chain()));
  CHECK_FALSE(verify_cades_bes(p7s, to_bytes("other"), signer(), chain()));
  for (std::size_t i = 0; i < p7s.size(); ++i) {
    Bytes flipped = p7s;
    flipped[i] ^= static_cast<std::uint8_t>(1 << (i % 8));
    INFO("byte " << i);
    REQUIRE_FALSE(verify_cades_bes(flipped, kContent, signer(), chain()));
  }
  const test::TemporaryFolder folder;
  folder.file("root.pem", as_bytes(world().root.certificate().pem()));
  folder.file("c.json", kContent);
  folder.file("other.json", as_bytes("other"));
  folder.file("c.p7s", p7s);
  const std::string base =
      "openssl cms -verify -binary -cades -purpose any -attime 1768478460 -inform DER -in c.p7s "
      "-CAfile root.pem -no-CApath -no-CAstore -out /dev/null -content ";
  std::string output;
  CHECK(test::run_shell(base + "c.json", folder.path(), &output) == 0);
  INFO(output);
  CHECK(test::run_shell(base + "other.json", folder.path()) != 0);
}

TEST_CASE(
    "a CMS signature that says or does something else than our RSASSA-PSS is never built and never taken") {
  for (const PssParameters& other : {PssParameters{.salt_bytes = 20}, PssParameters{.mask = EVP_sha1()},
                                     PssParameters{.padding = RSA_PKCS1_PADDING}})
    CHECK_FALSE(build_cades_bes(kContent, signer(), chain(), kNow, key().digest_signer(other)));
  const Bytes p7s = signed_content();
  const BytesView ours(kRsaPssAlgorithm);
  const auto at = std::ranges::search(p7s, ours);
  REQUIRE_FALSE(at.empty());
  const auto instead = [&](std::size_t position, std::uint8_t value) {
    Bytes changed = p7s;
    changed[static_cast<std::size_t>(at.begin() - p7s.begin()) + position] = value;
    return verify_cades_bes(changed, kContent, signer(), chain()).has_value();
  };
  CHECK(instead(sizeof kRsaPssAlgorithm - 1, 0x20));
  CHECK_FALSE(instead(sizeof kRsaPssAlgorithm - 1, 0x14));  // a salt of 20 bytes
  CHECK_FALSE(instead(29, 0x02));                           // SHA-384
  CHECK_FALSE(instead(12, 0x01));                           // rsaEncryption
  const RsaKey weak(2048);
  const auto certificate = weak.certified(Purpose::certificate);
  CHECK_FALSE(build_cades_bes(kContent, certificate, chain(), kNow, weak.digest_signer()));
}

TEST_CASE("requests, statements and checkpoints of an RSA key hold as those of an elliptic curve do") {
  const auto csr = make_csr("Appliance certificate", key().spki(), key().signer());
  REQUIRE(csr);
  CHECK(read_csr(*csr)->spki == key().spki());
  const test::TemporaryFolder folder;
  folder.file("r.csr", as_bytes(csr_pem(*csr)));
  CHECK(test::run_shell("openssl req -in r.csr -verify -noout", folder.path()) == 0);

  const auto mandate = key().certified(Purpose::mandate);
  const auto statement = sign_statement(to_bytes("{}"), mandate.der(), key().signer());
  REQUIRE(statement);
  CHECK(verify_signature(*statement));
  CHECK(*statement_from_json(to_json(*statement)) == *statement);
  SignedStatement bent = *statement;
  bent.signature.back() ^= 1;
  CHECK_FALSE(verify_signature(bent));

  const Checkpoint head{"quietus.example/ledger", 7, sha256("root")};
  const auto note = sign_checkpoint(head, key().spki(), key().signer());
  REQUIRE(note);
  CHECK(verify_checkpoint(*note, key().spki())->root == head.root);
  CHECK_FALSE(verify_checkpoint(*note, RsaKey().spki()));
}
