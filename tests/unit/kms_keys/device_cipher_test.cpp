#include "kms/keys/device_cipher.hpp"

#include <catch2/catch.hpp>

#include "tests/support/fake_hsm.hpp"
#include "tests/support/test_permit.hpp"

namespace quietus::keys {

namespace {

struct World {
  testing::FakeHsm hsm;
  const UnixMs now{1000};
  KeyRef key = make("key-a"), other = make("key-b");

  KeyRef make(const char* id) { return {*KeyId::parse(id), hsm.generate_device_key(id).value()}; }
  Result<Bytes> seal(const KeyRef& under, std::string_view text, std::string_view context = "context") {
    const Permit permit = Ledger::permit(Verb::seal, under.id.text());
    return encrypt(hsm, permit, now, under, as_bytes(text), as_bytes(context));
  }
  Result<SecretBytes> open(const KeyRef& under, BytesView sealed, std::string_view context = "context") {
    const Permit permit = Ledger::permit(Verb::open, under.id.text());
    return decrypt(hsm, permit, now, under, sealed, as_bytes(context));
  }
};

}  // namespace

TEST_CASE("a ciphertext names its key and opens under it with its context alone") {
  World world;
  const Bytes sealed = world.seal(world.key, "plaintext").value();
  CHECK(key_named_by(sealed).value() == world.key.id);
  CHECK(as_text(world.open(world.key, sealed).value().view()) == "plaintext");
  CHECK(world.open(world.key, sealed, "other").error().kind == ErrorKind::corrupt);
  CHECK(world.open(world.other, sealed).error().kind == ErrorKind::corrupt);
}

TEST_CASE("every flipped byte of a ciphertext is corrupt") {
  World world;
  const Bytes sealed = world.seal(world.key, "plaintext").value();
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    Bytes flipped = sealed;
    flipped[at] ^= 1;
    INFO(at);
    CHECK(world.open(world.key, flipped).error().kind == ErrorKind::corrupt);
  }
  for (std::size_t size = 0; size < sealed.size(); ++size)
    CHECK(world.open(world.key, BytesView(sealed).first(size)).error().kind == ErrorKind::corrupt);
}

TEST_CASE("a ciphertext cannot be passed off as another key's by rewriting the name") {
  World world;
  Bytes sealed = world.seal(world.key, "plaintext").value();
  sealed[5 + world.key.id.text().size() - 1] = 'b';
  CHECK(key_named_by(sealed).value() == world.other.id);
  CHECK(world.open(world.other, sealed).error().kind == ErrorKind::corrupt);
}

TEST_CASE("each use takes one use of the right permit") {
  World world;
  const Permit one = Ledger::permit(Verb::seal, "key-a", 1);
  const auto seal = [&](const Permit& permit) {
    return encrypt(world.hsm, permit, world.now, world.key, as_bytes("x"), {});
  };
  CHECK(seal(one));
  CHECK(seal(one).error().kind == ErrorKind::denied);
  CHECK(seal(Ledger::permit(Verb::open, "key-a")).error().kind == ErrorKind::denied);
  CHECK(seal(Ledger::permit(Verb::seal, "key-b")).error().kind == ErrorKind::denied);
}

}  // namespace quietus::keys
