#include <catch2/catch.hpp>

#include <algorithm>

#include "kms/keys/key_room.hpp"
#include "tests/support/fake_hsm.hpp"
#include "tests/support/test_permit.hpp"

namespace quietus::keys {

namespace {

struct Room {
  testing::FakeHsm hsm;
  KeyRoom room{hsm, [] { return UnixMs{1000}; }};
  KeyId id = *KeyId::parse("k1");
  KeyRef key = room.create_device_key(Ledger::permit(Verb::seal, "k1"), id)->key;
  Permit permit = Ledger::permit(Verb::release_data_key, "k1");
};

}  // namespace

TEST_CASE("a device key is made under a permit and its attributes are read back") {
  Room r;
  const auto created = r.room.create_device_key(Ledger::permit(Verb::seal, "k2"), *KeyId::parse("k2"));
  REQUIRE(created);
  CHECK(created->key.id.text() == "k2");
  CHECK(created->attributes.label == "k2");
  CHECK_FALSE(created->attributes.extractable);
  CHECK(created->created == UnixMs{1000});
}

TEST_CASE("without the right permit no key is made or released") {
  Room r;
  const auto id = *KeyId::parse("k3");
  CHECK(r.room.create_device_key(Ledger::permit(Verb::seal, "k4"), id).error().kind == ErrorKind::denied);
  CHECK(r.room.create_device_key(Ledger::permit(Verb::open, "k3"), id).error().kind == ErrorKind::denied);
  CHECK(r.room.create_device_key(Ledger::permit(Verb::seal, "k3", 0), id).error().kind == ErrorKind::denied);
  CHECK(r.hsm.census()->size() == 1);
  CHECK(r.room.release_data_keys(Ledger::permit(Verb::seal, "k1"), r.key, {}, 1).error().kind ==
        ErrorKind::denied);
  const Permit expired = Ledger::permit(Verb::release_data_key, "k1", 5, UnixMs{999});
  CHECK(r.room.release_data_keys(expired, r.key, {}, 1).error().kind == ErrorKind::denied);
  const Permit once = Ledger::permit(Verb::release_data_key, "k1", 1);
  const auto released = r.room.release_data_keys(once, r.key, as_bytes("c"), 3);
  REQUIRE(released);
  CHECK(r.room.open_data_key(once, r.key, released->front().wrapped, as_bytes("c")).error().kind ==
        ErrorKind::denied);
}

TEST_CASE("a wrapped data key opens to what was released, under its own key and context only") {
  Room r;
  auto released = r.room.release_data_keys(r.permit, r.key, as_bytes("file 1"), 64);
  REQUIRE(released);
  REQUIRE(released->size() == 64);
  for (const DataKey& data_key : *released) {
    CHECK(data_key.plaintext.size() == 32);
    CHECK(data_key.wrapped.size() == 12 + 32 + 16);
    const auto opened = r.room.open_data_key(r.permit, r.key, data_key.wrapped, as_bytes("file 1"));
    REQUIRE(opened);
    CHECK(std::ranges::equal(opened->view(), data_key.plaintext.view()));
  }
  CHECK_FALSE(std::ranges::equal((*released)[0].plaintext.view(), (*released)[1].plaintext.view()));
  const Bytes& wrapped = released->front().wrapped;
  CHECK(r.room.open_data_key(r.permit, r.key, wrapped, as_bytes("file 2")).error().kind ==
        ErrorKind::corrupt);
  const auto k2 = *KeyId::parse("k2");
  const KeyRef renamed{k2, r.key.ref};  // the same key on the token under another name
  CHECK(
      r.room.open_data_key(Ledger::permit(Verb::release_data_key, "k2"), renamed, wrapped, as_bytes("file 1"))
          .error()
          .kind == ErrorKind::corrupt);
  const auto other = r.room.create_device_key(Ledger::permit(Verb::seal, "k2"), k2)->key;
  CHECK(r.room.open_data_key(Ledger::permit(Verb::release_data_key, "k2"), other, wrapped, as_bytes("file 1"))
            .error()
            .kind == ErrorKind::corrupt);
}

TEST_CASE("something else that was encrypted under the key is not taken for a data key") {
  Room r;
  const auto short_one =
      r.hsm.encrypt(r.key.ref, as_bytes("sixteen bytes ok"), as_bytes(data_key_aad(r.id, {})));
  CHECK(r.room.open_data_key(r.permit, r.key, *short_one, {}).error().kind == ErrorKind::corrupt);
}

TEST_CASE("what a data key is bound to is written down exactly") {
  CHECK(
      data_key_aad(*KeyId::parse("k1"), as_bytes("abc")) ==
      R"({"context":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","key":"k1","type":"quietus.data-key/1"})");
}

TEST_CASE("counts and contexts out of bounds are refused and cost no permit") {
  Room r;
  const Permit once = Ledger::permit(Verb::release_data_key, "k1", 1);
  CHECK(r.room.release_data_keys(once, r.key, {}, 0).error().kind == ErrorKind::invalid_input);
  CHECK(r.room.release_data_keys(once, r.key, {}, 65).error().kind == ErrorKind::invalid_input);
  CHECK(r.room.release_data_keys(once, r.key, Bytes(4097), 1).error().kind == ErrorKind::invalid_input);
  CHECK(r.room.open_data_key(once, r.key, Bytes(60), Bytes(4097)).error().kind == ErrorKind::invalid_input);
  CHECK(r.room.release_data_keys(once, r.key, Bytes(4096), 1));
}

TEST_CASE("nobody can make a key that a destruction would clear away as its canary") {
  Room r;
  const auto id = *KeyId::parse("canary-k1");
  CHECK(r.room.create_device_key(Ledger::permit(Verb::seal, "canary-k1"), id).error().kind ==
        ErrorKind::invalid_input);
}

TEST_CASE("a destroyed key releases and opens nothing") {
  Room r;
  const auto released = r.room.release_data_keys(r.permit, r.key, {}, 1);
  REQUIRE(r.hsm.destroy(r.key.ref));
  CHECK(r.room.release_data_keys(r.permit, r.key, {}, 1).error().kind == ErrorKind::not_found);
  CHECK(r.room.open_data_key(r.permit, r.key, released->front().wrapped, {}).error().kind ==
        ErrorKind::not_found);
}

}  // namespace quietus::keys
