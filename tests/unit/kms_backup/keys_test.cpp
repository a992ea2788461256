#include <catch2/catch.hpp>

#include "kms/backup/opening.hpp"
#include "tests/support/fake_hsm.hpp"
#include "tests/support/fake_store.hpp"

using namespace quietus;
using namespace quietus::kms;
using namespace quietus::test;
using quietus::testing::FakeHsm;

namespace {

KeyVerdict verdict_on(Hsm& hsm, Store& store, const BackupKey& key) {
  const auto answers = ask_token(hsm, store, {key});
  REQUIRE(answers);
  REQUIRE(answers->size() == 1);
  return answers->front().verdict;
}

struct World {
  FakeHsm hsm;
  FakeStore store;
  BackupKey key{"key-1", KeyClass::device, 0, std::nullopt, Ending::none};

  World() {
    const auto made = hsm.generate_device_key("key-1");
    REQUIRE(made);
    key.root = *made;
  }
  KeyVerdict verdict() { return verdict_on(hsm, store, key); }
};

}  // namespace

TEST_CASE("a device key opens while the token has it, and is lost when only the token knows of its end") {
  World world;
  CHECK(world.verdict() == KeyVerdict::opens);
  REQUIRE(world.hsm.destroy(*world.key.root));
  CHECK(world.verdict() == KeyVerdict::lost);
}

TEST_CASE("a key whose destruction the snapshot knows of is not called lost") {
  World world;
  world.key.ending = Ending::begun;
  CHECK(world.verdict() == KeyVerdict::opens);
  REQUIRE(world.hsm.destroy(*world.key.root));
  CHECK(world.verdict() == KeyVerdict::destroyed);
  world.key.ending = Ending::over;
  CHECK(world.verdict() == KeyVerdict::destroyed);
}

TEST_CASE("a key that the ledger calls destroyed and the token still has is no good news") {
  World world;
  world.key.ending = Ending::over;
  CHECK(world.verdict() == KeyVerdict::still_there);
  CHECK_FALSE(all_open({{world.key, KeyVerdict::still_there, {}}}));
}

TEST_CASE("a key without a row is found by its label, or was never made") {
  World world;
  world.key.root.reset();
  CHECK(world.verdict() == KeyVerdict::opens);
  world.key.id = "key-2";
  CHECK(world.verdict() == KeyVerdict::never_made);
}
