#include "kms/keys/device_signatures.hpp"

#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "tests/support/fake_hsm.hpp"
#include "tests/support/test_permit.hpp"

namespace quietus::keys {
namespace {

constexpr UnixMs kNow{1'700'000'000'000};

struct Signer {
  testing::FakeHsm token;
  KeyRoom room{token, [] { return kNow; }};
  KeyAlgorithm algorithm;
  KeyRef key;

  explicit Signer(KeyAlgorithm of)
      : algorithm(of),
        key(room.create_device_key(Ledger::permit(Verb::seal, "k1"), *KeyId::parse("k1"), of)->key) {}
  Result<Bytes> sign(BytesView message, MessageType type = MessageType::raw) {
    return keys::sign(token, Ledger::permit(Verb::seal, "k1"), kNow, key, algorithm, message, type);
  }
  Status verify(BytesView message, BytesView signature, MessageType type = MessageType::raw) {
    return keys::verify(token, Ledger::permit(Verb::open, "k1"), kNow, key, algorithm, message, type,
                        signature);
  }
};

}  // namespace

TEST_CASE("a message and its own digest give signatures that hold for both; another message holds for none") {
  Signer s(GENERATE(KeyAlgorithm::ecdsa_p256, KeyAlgorithm::ecdsa_p384));
  CAPTURE(to_string(s.algorithm));
  const BytesView message = as_bytes("pay 7 to Anna");
  const Digest sha_256 = sha256(message);
  const Bytes digest = s.algorithm == KeyAlgorithm::ecdsa_p384
                           ? sha384(message)
                           : Bytes(sha_256.view().begin(), sha_256.view().end());
  const Bytes of_message = s.sign(message).value(), of_digest = s.sign(digest, MessageType::digest).value();
  for (const Bytes& signature : {of_message, of_digest}) {
    CHECK(s.verify(message, signature));
    CHECK(s.verify(digest, signature, MessageType::digest));
    CHECK(s.verify(as_bytes("pay 9 to Anna"), signature).error().kind == ErrorKind::verification_failed);
    Bytes bent = signature;
    bent.back() ^= 1;
    CHECK(s.verify(message, bent).error().kind == ErrorKind::verification_failed);
    bent = signature;
    bent.push_back(0);
    CHECK(s.verify(message, bent).error().kind == ErrorKind::verification_failed);
  }
  CHECK(s.verify(message, {}).error().kind == ErrorKind::verification_failed);
}

TEST_CASE("a digest of another length than the curve's is refused, before a use is taken") {
  Signer s(GENERATE(KeyAlgorithm::ecdsa_p256, KeyAlgorithm::ecdsa_p384));
  const std::size_t right = s.algorithm == KeyAlgorithm::ecdsa_p256 ? 32 : 48;
  const Permit one = Ledger::permit(Verb::seal, "k1", 1);
  for (const std::size_t size : {std::size_t{0}, std::size_t{20}, std::size_t{64}, 80 - right})
    CHECK(keys::sign(s.token, one, kNow, s.key, s.algorithm, Bytes(size), MessageType::digest).error().kind ==
          ErrorKind::invalid_input);
  CHECK(keys::sign(s.token, one, kNow, s.key, s.algorithm, Bytes(right), MessageType::digest));
}

TEST_CASE("no permit, no signature and no MAC: each takes one use of the right verb on the right key") {
  Signer s(KeyAlgorithm::ecdsa_p256);
  Signer m(KeyAlgorithm::hmac_sha256);
  const BytesView text = as_bytes("x");
  const Bytes signature = s.sign(text).value();
  const auto denied = [](const auto& result) { return !result && result.error().kind == ErrorKind::denied; };
  for (const auto& [verb, subject, uses] : {std::tuple{Verb::release_data_key, "k1", 1},
                                            {Verb::seal, "k2", 1},
                                            {Verb::open, "k2", 1},
                                            {Verb::seal, "k1", 0},
                                            {Verb::open, "k1", 0}}) {
    const Permit wrong = Ledger::permit(verb, subject, static_cast<std::uint32_t>(uses));
    CHECK(denied(keys::sign(s.token, wrong, kNow, s.key, s.algorithm, text, MessageType::raw)));
    CHECK(denied(keys::verify(s.token, wrong, kNow, s.key, s.algorithm, text, MessageType::raw, signature)));
    CHECK(denied(generate_mac(m.token, wrong, kNow, m.key, text)));
    CHECK(denied(verify_mac(m.token, wrong, kNow, m.key, text, Bytes(32))));
  }
  CHECK(denied(keys::sign(s.token, Ledger::permit(Verb::open, "k1"), kNow, s.key, s.algorithm, text,
                          MessageType::raw)));
  CHECK(denied(generate_mac(m.token, Ledger::permit(Verb::open, "k1"), kNow, m.key, text)));
}

TEST_CASE("a MAC holds for its message, whole, and for nothing else") {
  Signer m(KeyAlgorithm::hmac_sha256);
  const BytesView message = as_bytes("a message");
  const Bytes mac = generate_mac(m.token, Ledger::permit(Verb::seal, "k1"), kNow, m.key, message).value();
  CHECK(mac.size() == 32);
  const auto check = [&](BytesView text, BytesView claimed) {
    return verify_mac(m.token, Ledger::permit(Verb::open, "k1"), kNow, m.key, text, claimed);
  };
  CHECK(check(message, mac));
  CHECK(check(as_bytes("another"), mac).error().kind == ErrorKind::verification_failed);
  for (const std::size_t size : {0, 1, 16, 31})
    CHECK(check(message, BytesView(mac).first(size)).error().kind == ErrorKind::verification_failed);
  Bytes longer = mac;
  longer.push_back(0);
  CHECK_FALSE(check(message, longer));
}

TEST_CASE("a key for one algorithm does not do what another does") {
  Signer m(KeyAlgorithm::hmac_sha256);
  CHECK(m.sign(as_bytes("x")).error().kind == ErrorKind::invalid_input);
  Signer s(KeyAlgorithm::ecdsa_p256);
  CHECK(generate_mac(s.token, Ledger::permit(Verb::seal, "k1"), kNow, s.key, as_bytes("x")).error().kind ==
        ErrorKind::invalid_input);
}

TEST_CASE("a public half without the one that works is taken away, also when its neighbours look alike") {
  Signer s(KeyAlgorithm::ecdsa_p256);
  const auto k2 = *KeyId::parse("k2");
  const auto other =
      s.room.create_device_key(Ledger::permit(Verb::seal, "k2"), k2, KeyAlgorithm::ecdsa_p256).value().key;
  s.token.halve(s.key.ref);
  {
    const auto hold = s.room.hold_token(k2);
    CHECK(s.room.remove_half_made(s.key.id).error().kind == ErrorKind::unavailable);
  }
  REQUIRE(s.room.remove_half_made(s.key.id));
  REQUIRE(s.room.remove_half_made(k2));
  CHECK(s.token.public_key(s.key.ref).error().kind == ErrorKind::not_found);
  CHECK(s.token.public_key(other.ref));
  CHECK(s.token.census()->size() == 2);
}

}  // namespace quietus::keys
