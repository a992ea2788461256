#include <catch2/catch.hpp>

#include <set>

#include "tests/unit/kms_keyrings/keyring_fixture.hpp"

namespace quietus::keyrings {

TEST_CASE("what a key encrypts it decrypts, with the same context and no other") {
  KeyringFixture f;
  const auto numbers = f.make(2);
  const auto ciphertext = f.encrypt(numbers[0]);
  REQUIRE(ciphertext);
  CHECK(f.decrypt(*ciphertext) == "text");
  CHECK(f.decrypt(*ciphertext, "another").error().kind == ErrorKind::corrupt);
  REQUIRE(f.reopen());
  CHECK(f.decrypt(*ciphertext) == "text");
}

TEST_CASE("a ciphertext that names another key, version or keyring does not open") {
  KeyringFixture f;
  const auto numbers = f.make(2);
  REQUIRE(f.ring->rotate(permit_for(verbs::create), numbers[0]));
  const Bytes good = *f.encrypt(numbers[0]);
  const std::size_t number_at = 4 + 1 + 4 + 3, version_at = number_at + 4;
  Bytes other_key = good, other_version = good, other_ring = good;
  other_key[number_at] = 2;
  other_version[version_at] = 1;
  other_ring[5] = 'R';
  CHECK(f.decrypt(good));
  CHECK(f.decrypt(other_key).error().kind == ErrorKind::corrupt);
  CHECK(f.decrypt(other_version).error().kind == ErrorKind::corrupt);
  CHECK(f.decrypt(other_ring).error().kind == ErrorKind::invalid_input);
  other_version[version_at] = 9;
  CHECK(f.decrypt(other_version).error().kind == ErrorKind::corrupt);
  CHECK(f.decrypt(as_bytes("QCT1")).error().kind == ErrorKind::corrupt);
}

TEST_CASE("a rotated key encrypts under its new version, and the old version still decrypts") {
  KeyringFixture f;
  const auto number = f.make(1).front();
  const Bytes old = *f.encrypt(number, "old");
  CHECK(f.ring->rotate(permit_for(verbs::create), number) == 2U);
  const Bytes fresh = *f.encrypt(number, "new");
  REQUIRE(f.reopen());
  CHECK(f.decrypt(old) == "old");
  CHECK(f.decrypt(fresh) == "new");
  CHECK(f.ring->describe(number)->card.versions.size() == 2);
}

TEST_CASE("an imported key is the key that was given, and is marked as imported") {
  KeyringFixture f;
  const auto key = SecretBytes::copy_of(Bytes(32, 7));
  const auto number = f.ring->import_key(permit_for(verbs::create), *key, KeyPurpose::encrypt_decrypt);
  REQUIRE(number);
  CHECK(f.ring->describe(*number)->card.versions[0].imported);
  CHECK(f.decrypt(*f.encrypt(*number)) == "text");
  const auto short_key = SecretBytes::copy_of(Bytes(16, 7));
  CHECK(f.ring->import_key(permit_for(verbs::create), *short_key, KeyPurpose::encrypt_decrypt).error().kind ==
        ErrorKind::invalid_input);
}

TEST_CASE("a keyring holds as many key versions as it may, and then says so") {
  KeyringOptions options;
  options.max_key_versions = 4;
  KeyringFixture f(options);
  const auto numbers = f.make(3);
  REQUIRE(f.ring->rotate(permit_for(verbs::create), numbers[0]));
  CHECK(f.ring->rotate(permit_for(verbs::create), numbers[0]).error().kind == ErrorKind::exhausted);
  CHECK(f.ring->create_keys(permit_for(verbs::create), 1, KeyPurpose::encrypt_decrypt).error().kind ==
        ErrorKind::exhausted);
  REQUIRE(f.destroy({numbers[0]}));
  CHECK(f.make(2).size() == 2);
}

TEST_CASE("a number is never given twice, whatever fails and whatever is destroyed") {
  KeyringFixture f;
  std::set<std::uint32_t> given;
  const auto remember = [&](const Result<std::vector<KeyNumber>>& numbers) {
    if (!numbers) return;
    for (const KeyNumber number : *numbers) CHECK(given.insert(number.value).second);
  };
  for (std::uint64_t call = 1; call <= 4; ++call)
    for (const auto when : {test::FaultStore::When::before, test::FaultStore::When::after}) {
      f.store.fail_call(call, ErrorKind::io, when);
      remember(f.ring->create_keys(permit_for(verbs::create), 2, KeyPurpose::encrypt_decrypt));
      f.store.fail_call(0);
      remember(f.make(1));
      const auto newest = f.make(1);
      remember(newest);
      REQUIRE(f.destroy(newest));
      REQUIRE(f.reopen());
      remember(f.make(1));
    }
}

TEST_CASE(
    "an append whose answer was lost counts when it had its effect, and the rows stay consistent when it had "
    "not") {
  KeyringFixture f;
  const auto number = f.make(1).front();
  f.store.fail_call(1, ErrorKind::io, test::FaultStore::When::after);
  CHECK(f.ring->rotate(permit_for(verbs::create), number) == 2U);
  f.store.fail_call(1, ErrorKind::io, test::FaultStore::When::before);
  CHECK(f.ring->rotate(permit_for(verbs::create), number).error().kind == ErrorKind::io);
  CHECK(f.ring->rotate(permit_for(verbs::create), number) == 3U);
  REQUIRE(f.reopen());
  CHECK(f.ring->describe(number)->card.versions.size() == 3);
}

TEST_CASE("a version stops encrypting at its number of uses, also over restarts, and decrypts on") {
  KeyringOptions options;
  options.max_encryptions = 10;
  options.reserve_encryptions = 4;
  KeyringFixture f(options);
  const auto number = f.make(1).front();
  const Bytes first = *f.encrypt(number);
  REQUIRE(f.encrypt(number));
  REQUIRE(f.reopen());  // burns 2 of the 4 that were reserved
  CHECK(f.ring->describe(number)->encryptions[0] == 4);
  for (int i = 0; i < 6; ++i) REQUIRE(f.encrypt(number));
  const auto over = f.encrypt(number);
  REQUIRE_FALSE(over);
  CHECK(over.error().kind == ErrorKind::exhausted);
  CHECK(over.error().next_step == "rotate the key");
  REQUIRE(f.reopen());
  CHECK(f.encrypt(number).error().kind == ErrorKind::exhausted);
  CHECK(f.decrypt(first) == "text");
  REQUIRE(f.ring->rotate(permit_for(verbs::create), number));
  CHECK(f.encrypt(number));
}

TEST_CASE("an encryption that cannot be counted does not happen") {
  KeyringOptions options;
  options.reserve_encryptions = 1;
  KeyringFixture f(options);
  const auto number = f.make(1).front();
  f.store.fail_call(1);
  const auto before = f.hsm.calls();
  CHECK(f.encrypt(number).error().kind == ErrorKind::io);
  CHECK(f.hsm.calls() == before + 1);  // the MAC of the card, and no encryption
  CHECK(f.encrypt(number));
}

TEST_CASE("every door asks for its own verb on this keyring") {
  KeyringFixture f;
  const auto number = f.make(1).front();
  const Bytes ciphertext = *f.encrypt(number);
  const auto denied = [](const auto& result) { return !result && result.error().kind == ErrorKind::denied; };
  const Permit wrong = permit_for(Verb::read), elsewhere = permit_for(verbs::encrypt, "another");
  CHECK(denied(f.ring->create_keys(wrong, 1, KeyPurpose::encrypt_decrypt)));
  CHECK(denied(f.ring->rotate(wrong, number)));
  CHECK(denied(f.ring->encrypt(wrong, number, as_bytes("x"), {})));
  CHECK(denied(f.ring->encrypt(elsewhere, number, as_bytes("x"), {})));
  CHECK(denied(f.ring->decrypt(wrong, ciphertext, as_bytes("context"))));
  CHECK(denied(f.ring->make_data_key(wrong, number, {})));
  CHECK(denied(f.ring->import_key(wrong, *SecretBytes::copy_of(Bytes(32, 1)), KeyPurpose::encrypt_decrypt)));
  CHECK(f.decrypt(ciphertext));
}

TEST_CASE("a data key comes out once in clear, and its wrapped form opens to the same") {
  KeyringFixture f;
  const auto number = f.make(1).front();
  const auto made = f.ring->make_data_key(permit_for(verbs::data_key), number, as_bytes("c"));
  REQUIRE(made);
  CHECK(made->plaintext.size() == 32);
  CHECK(f.decrypt(made->wrapped, "c") == as_text(made->plaintext.view()));
}

TEST_CASE("session keys at hand are bounded, and a token that was attached anew does not disturb") {
  KeyringOptions options;
  options.max_sessions = 2;
  KeyringFixture f(options);
  const auto numbers = f.make(4);
  std::vector<Bytes> ciphertexts;
  for (const KeyNumber number : numbers) ciphertexts.push_back(*f.encrypt(number));
  CHECK(f.ring->sessions_at_hand() == 2);
  f.token.end_sessions();
  for (const Bytes& ciphertext : ciphertexts) CHECK(f.decrypt(ciphertext) == "text");
  CHECK(f.ring->sessions_at_hand() == 2);
}

TEST_CASE("keys that sign or authenticate are not of this class") {
  KeyringFixture f;
  CHECK(f.ring->create_keys(permit_for(verbs::create), 1, KeyPurpose::mac).error().kind ==
        ErrorKind::invalid_input);
  CHECK(f.ring->create_keys(permit_for(verbs::create), 1, KeyPurpose::sign_verify).error().kind ==
        ErrorKind::invalid_input);
}

TEST_CASE("a token that lacks a mechanism, or lets roots be wrapped, carries no keyring") {
  testing::FakeHsm token;
  test::FakeStore store;
  const WallClock clock = [] { return UnixMs{1}; };
  keys::KeyRoom room(token, clock);
  const auto creation = room.begin_creation();
  for (const int lack : {0, 1, 2, 3}) {
    HsmCapabilities can{true, true, true, true, true, false, true, true, false, true};
    if (lack == 0) can.aes_gcm = false;
    if (lack == 1) can.aes_key_wrap = false;
    if (lack == 2) can.hmac_sha256 = false;
    if (lack == 3) can.wraps_unextractable = true;
    token.set_capabilities(can);
    const auto made =
        Keyring::create(*creation, permit_for(verbs::create), token, store, *KeyringId::parse("ring"), clock);
    REQUIRE_FALSE(made);
    CHECK(made.error().kind == ErrorKind::unavailable);
    CHECK(token.census()->empty());
  }
}

TEST_CASE(
    "whichever call of a creation fails, the next try makes the keyring and leaves two keys on the token") {
  for (std::uint64_t call = 1; call <= 40; ++call)
    for (const bool on_token : {true, false}) {
      CAPTURE(call, on_token);
      testing::FakeHsm token;
      testing::FaultHsm hsm(token);
      test::FakeStore rows;
      test::FaultStore store(rows);
      const WallClock clock = [] { return UnixMs{1}; };
      keys::KeyRoom room(token, clock);
      const auto creation = room.begin_creation();
      const auto id = *KeyringId::parse("ring");
      if (on_token) hsm.fail_at(call, testing::FaultHsm::When::after);
      if (!on_token) store.fail_call(call, ErrorKind::io, test::FaultStore::When::after);
      auto made = Keyring::create(*creation, permit_for(verbs::create), hsm, store, id, clock);
      if (!made) made = Keyring::create(*creation, permit_for(verbs::create), hsm, store, id, clock);
      if (!made) {  // the first one had ended well and could not say so
        CHECK(made.error().kind == ErrorKind::conflict);
        made = Keyring::open(hsm, store, id, clock);
      }
      REQUIRE(made);
      hsm.never_fail();
      store.fail_call(0);
      CHECK((*made)->create_keys(permit_for(verbs::create), 1, KeyPurpose::encrypt_decrypt));
      CHECK(token.census()->size() == 2);
    }
}

TEST_CASE("a name whose keys are on the token and not in the store is not taken") {
  KeyringFixture f;
  test::FakeStore yesterday;
  const auto creation = f.room.begin_creation();
  const auto made = Keyring::create(*creation, permit_for(verbs::create), f.hsm, yesterday, f.id, f.clock);
  REQUIRE_FALSE(made);
  CHECK(made.error().kind == ErrorKind::conflict);
  CHECK(f.token.census()->size() == 3);
}

}  // namespace quietus::keyrings
