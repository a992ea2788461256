#include <catch2/catch.hpp>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <algorithm>
#include <set>
#include <thread>

#include "base/crypto.hpp"
#include "tests/contract/hsm/hsm_under_test.hpp"

namespace quietus::testing {

namespace {

const HsmKeyRef kNobody{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};

Digest digest_of(std::string_view text) { return sha256(text); }

bool verifies(BytesView spki, BytesView digest, BytesView signature) {
  const unsigned char* der = spki.data();
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      d2i_PUBKEY(nullptr, &der, static_cast<long>(spki.size())), &EVP_PKEY_free);
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
      EVP_PKEY_CTX_new(key.get(), nullptr), &EVP_PKEY_CTX_free);
  return key && context && EVP_PKEY_verify_init(context.get()) == 1 &&
         EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(), digest.size()) ==
             1;
}

}  // namespace

TEST_CASE("a device key has the attributes that a certificate will state") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds())));
  const auto key = hsm.generate_device_key("attributes");
  REQUIRE(key);
  const auto a = hsm.attributes(*key);
  REQUIRE(a);
  CHECK(a->token);
  CHECK(a->sensitive);
  CHECK_FALSE(a->extractable);
  CHECK(a->always_sensitive);
  CHECK(a->never_extractable);
  CHECK(a->copyable == quirks_of(hsm).no_copyable_attribute);
  CHECK_FALSE(a->modifiable);
  CHECK(a->key_type == 0x1F);
  CHECK(a->value_length_bytes == 32);
  CHECK(a->label == "attributes");
}

TEST_CASE("a signing key is as well guarded as a device key") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds(Carries::signatures))));
  const auto key = hsm.generate_signing_key("guarded", EcCurve::p256);
  REQUIRE(key);
  const auto a = hsm.attributes(*key);
  REQUIRE(a);
  CHECK((a->token && a->sensitive && a->always_sensitive && a->never_extractable));
  CHECK_FALSE((a->extractable || a->modifiable));
  CHECK(a->copyable == quirks_of(hsm).no_copyable_attribute);
  CHECK(a->key_type == 3);
}

TEST_CASE("where the token says which keys it made itself, ours are among them") {
  Hsm& hsm = hsm_under_test(GENERATE("fake", "softhsm"));  // NSS leaves CKA_LOCAL false
  CHECK(hsm.attributes(*hsm.generate_device_key("local"))->local);
  CHECK(hsm.attributes(*hsm.generate_signing_key("local", EcCurve::p384))->local);
  CHECK(hsm.attributes(*hsm.generate_wrapping_key("local"))->local);
}

TEST_CASE("labels that people could not read are refused") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds())));
  for (const std::string& label :
       {std::string(), std::string("a\nb"), std::string(129, 'x'), std::string("\xC3\xA9")}) {
    CHECK(hsm.generate_device_key(label).error().kind == ErrorKind::invalid_input);
    CHECK(hsm.generate_signing_key(label, EcCurve::p256).error().kind == ErrorKind::invalid_input);
    CHECK(hsm.store_data(label, {}).error().kind == ErrorKind::invalid_input);
    CHECK(hsm.generate_wrapping_key(label).error().kind == ErrorKind::invalid_input);
    CHECK(hsm.generate_mac_key(label).error().kind == ErrorKind::invalid_input);
  }
}

TEST_CASE("two keys with one label are two keys") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds())));
  const auto a = hsm.generate_device_key("same"), b = hsm.generate_device_key("same");
  REQUIRE((a && b));
  CHECK(*a != *b);
  REQUIRE(hsm.destroy(*a));
  CHECK(hsm.attributes(*b));
}

TEST_CASE("signatures verify under the public key of their pair, and only there") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds(Carries::signatures))));
  const auto curve = GENERATE(EcCurve::p256, EcCurve::p384);
  const auto key = hsm.generate_signing_key("signer", curve),
             other = hsm.generate_signing_key("other", curve);
  REQUIRE((key && other));
  const auto spki = hsm.public_key(*key), other_spki = hsm.public_key(*other);
  REQUIRE((spki && other_spki));
  for (int round = 0; round < 40; ++round) {  // r and s come in all lengths
    const std::string message = "message " + std::to_string(round);
    const auto signature = hsm.sign_digest(*key, digest_of(message).view());
    REQUIRE(signature);
    CHECK(verify_ecdsa_sha256(*spki, as_bytes(message), *signature));
    CHECK_FALSE(verify_ecdsa_sha256(*spki, as_bytes("another"), *signature));
    CHECK_FALSE(verify_ecdsa_sha256(*other_spki, as_bytes(message), *signature));
    CHECK(verifies(*spki, digest_of(message).view(), *signature));
  }
  const Bytes sha384_sized = random_bytes(48);
  const auto signature = hsm.sign_digest(*key, sha384_sized);
  REQUIRE(signature);
  CHECK(verifies(*spki, sha384_sized, *signature));
  for (const std::size_t size : {0, 20, 31, 33, 64})
    CHECK(hsm.sign_digest(*key, Bytes(size)).error().kind == ErrorKind::invalid_input);
}

TEST_CASE("a key for one use refuses the other") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds())));
  const auto device = hsm.generate_device_key("device"),
             signing = hsm.generate_signing_key("signing", EcCurve::p256);
  REQUIRE((device && signing));
  CHECK(hsm.sign_digest(*device, Bytes(32)).error().kind == ErrorKind::invalid_input);
  CHECK(hsm.encrypt(*signing, as_bytes("x"), {}).error().kind == ErrorKind::invalid_input);
  CHECK(hsm.decrypt(*signing, Bytes(40), {}).error().kind == ErrorKind::invalid_input);
  CHECK(hsm.decrypt(*signing, Bytes(4), {}).error().kind == ErrorKind::invalid_input);
  CHECK(hsm.public_key(*device).error().kind == ErrorKind::not_found);
}

TEST_CASE("a key that never was is not found, whatever is asked of it") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds(Carries::anything))));
  CHECK(hsm.attributes(kNobody).error().kind == ErrorKind::not_found);
  CHECK(hsm.public_key(kNobody).error().kind == ErrorKind::not_found);
  CHECK(hsm.encrypt(kNobody, as_bytes("x"), {}).error().kind == ErrorKind::not_found);
  CHECK(hsm.decrypt(kNobody, Bytes(40), {}).error().kind == ErrorKind::not_found);
  CHECK(hsm.decrypt(kNobody, Bytes(4), {}).error().kind == ErrorKind::not_found);
  CHECK(hsm.sign_digest(kNobody, Bytes(32)).error().kind == ErrorKind::not_found);
  CHECK(hsm.destroy(kNobody).error().kind == ErrorKind::not_found);
}

TEST_CASE("randomness has the size asked for and does not repeat") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds(Carries::anything))));
  std::set<Bytes> seen;
  for (int i = 0; i < 100; ++i) {
    const auto bytes = hsm.random(32);
    REQUIRE(bytes);
    CHECK(bytes->size() == 32);
    CHECK(seen.insert(*bytes).second);
  }
  CHECK(hsm.random(65536)->size() == 65536);
  CHECK(hsm.random(0).error().kind == ErrorKind::invalid_input);
  CHECK(hsm.random(65537).error().kind == ErrorKind::invalid_input);
}

TEST_CASE("the HSM says what it is and what destroy means there") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds(Carries::anything))));
  const auto info = hsm.info();
  REQUIRE(info);
  CHECK_FALSE(info->manufacturer.empty());
  CHECK_FALSE(info->serial.empty());
  CHECK_FALSE(info->profile.empty());
  CHECK_FALSE(info->destroy_meaning.empty());
  CHECK_FALSE(info->validated_module);
}

namespace {

/// One key's life; what went wrong, or nothing.
std::string live_and_die(Hsm& hsm, const std::string& text) {
  const auto key = hsm.generate_device_key("worker " + text);
  if (!key) return "generate: " + key.error().message;
  const auto sealed = hsm.encrypt(*key, as_bytes(text), {});
  if (!sealed) return "encrypt: " + sealed.error().message;
  const auto opened = hsm.decrypt(*key, *sealed, {});
  if (!opened) return "decrypt: " + opened.error().message;
  if (as_text(opened->view()) != text) return "another plaintext";
  if (const auto census = hsm.census(); !census) return "census: " + census.error().message;
  if (const Status gone = hsm.destroy(*key); !gone) return "destroy: " + gone.error().message;
  return hsm.encrypt(*key, as_bytes(text), {}) ? "a destroyed key encrypts" : "";
}

}  // namespace

TEST_CASE("many threads use the HSM at once, each gets its own answers") {
  Hsm& hsm = hsm_under_test(GENERATE(from_range(hsm_kinds())));
  constexpr int kWorkers = 6, kRounds = 8;
  std::vector<std::string> wrong(kWorkers);  // assertions stay on the test's own thread
  std::vector<std::jthread> workers;
  for (int worker = 0; worker < kWorkers; ++worker)
    workers.emplace_back([&hsm, &wrong, worker] {
      for (int round = 0; round < kRounds && wrong[worker].empty(); ++round)
        wrong[worker] = live_and_die(hsm, std::to_string(worker) + "/" + std::to_string(round));
    });
  workers.clear();
  CHECK(wrong == std::vector<std::string>(kWorkers));
  CHECK(hsm.reload_count() == 0);
}

}  // namespace quietus::testing
