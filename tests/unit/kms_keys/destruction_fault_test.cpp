#include <catch2/catch.hpp>

#include "tests/unit/kms_keys/destruction_fixture.hpp"

namespace quietus::keys {

using When = testing::FaultHsm::When;

namespace {

void check_ends_well(DestructionFixture& f, const Result<KeyDestruction>& evidence) {
  REQUIRE(evidence);
  CHECK(evidence->census_differs_by_target_only);
  CHECK_FALSE(f.target_is_alive());
  CHECK(f.token.attributes(f.neighbour));
  CHECK(f.canaries() == 0);
  CHECK(f.token.census()->size() == 4);
  CHECK(f.saved()->step == DestructionStep::completed);
}

}  // namespace

TEST_CASE(
    "whichever HSM call fails, before or after its effect, the next try ends the destruction with evidence") {
  const auto algorithm =
      GENERATE(KeyAlgorithm::aes_256_gcm, KeyAlgorithm::ecdsa_p256, KeyAlgorithm::hmac_sha256);
  std::uint64_t calls = 0;
  {
    DestructionFixture clean(algorithm);
    REQUIRE(clean.live());
    calls = clean.hsm.calls();
  }
  REQUIRE(calls > 10);
  const auto when = GENERATE(When::before, When::after);
  const auto kind =
      GENERATE(ErrorKind::unavailable, ErrorKind::hsm, ErrorKind::not_found, ErrorKind::corrupt);
  for (std::uint64_t call = 1; call <= calls; ++call) {
    CAPTURE(call, static_cast<int>(when), static_cast<int>(kind), to_string(algorithm));
    DestructionFixture f(algorithm);
    f.hsm.fail_at(call, when, kind);
    const auto first = f.live();
    REQUIRE(f.hsm.has_failed());
    f.hsm.never_fail();
    if (first) {  // only when the answer that got lost changed nothing
      check_ends_well(f, first);
      continue;
    }
    if (f.target_is_alive()) CHECK((!f.saved() || f.saved()->step <= DestructionStep::destroyed));
    check_ends_well(f, f.live());
  }
}

TEST_CASE("two failures in two lives are no worse than one") {
  std::uint64_t calls = 0;
  {
    DestructionFixture clean;
    REQUIRE(clean.live());
    calls = clean.hsm.calls();
  }
  for (std::uint64_t first = 1; first <= calls; ++first)
    for (std::uint64_t second = 1; second <= calls; ++second) {
      CAPTURE(first, second);
      DestructionFixture f;
      f.hsm.fail_at(first, When::after);
      auto evidence = f.live();
      if (!evidence) {
        f.hsm.fail_at(second, When::after);
        evidence = f.live();
      }
      f.hsm.never_fail();
      if (!evidence) evidence = f.live();
      check_ends_well(f, evidence);
    }
}

TEST_CASE(
    "a state that could not be saved stops the destruction, and the next life repeats from what was saved") {
  for (int failing = 1; failing <= 4; ++failing) {
    CAPTURE(failing);
    DestructionFixture f;
    f.failing_save = failing;
    const auto first = f.live();
    REQUIRE_FALSE(first);
    CHECK(first.error().kind == ErrorKind::io);
    if (failing == 1) CHECK(f.target_is_alive());  // nothing irreversible before the first state is kept
    check_ends_well(f, f.live());
  }
}

TEST_CASE("a failed call never yields evidence while the key is alive") {
  for (std::uint64_t call = 1; call <= 40; ++call) {
    DestructionFixture f;
    f.token.lie(testing::FakeHsm::Lie::keeps_object);
    f.hsm.fail_at(call, When::after, ErrorKind::not_found);
    for (int life = 0; life < 3; ++life) {
      CAPTURE(call, life);
      CHECK_FALSE(f.live());
    }
    CHECK(f.target_is_alive());
  }
}

TEST_CASE("a destroyed key that comes back is destroyed again from the start") {
  DestructionFixture f;
  f.token.lie(testing::FakeHsm::Lie::keeps_object);  // as if yesterday's token directory had been put back
  REQUIRE_FALSE(f.live());
  REQUIRE(f.saved()->step == DestructionStep::destroyed);
  f.token.lie(testing::FakeHsm::Lie::none);
  check_ends_well(f, f.live());
}

TEST_CASE(
    "while a destroyed key is not shown gone, no key is made and no other is destroyed; afterwards they "
    "are") {
  DestructionFixture f;
  const auto other = *KeyId::parse("other");
  {
    KeyDestroyer destroyer(f.hsm, f.clock);
    const auto hold = f.room.hold_token(f.id);
    REQUIRE(hold);
    CHECK(f.room.hold_token(f.id).error().kind == ErrorKind::unavailable);
    CHECK(f.room.create_device_key(Ledger::permit(Verb::seal, "other"), other).error().kind ==
          ErrorKind::unavailable);
    REQUIRE(destroyer.destroy(*hold, Ledger::permit(Verb::destroy, "records-1"), f.key, UnixMs{1},
                              std::nullopt, f.save()));
  }
  CHECK(f.room.hold_token(other).error().kind == ErrorKind::unavailable);
  CHECK(f.room.create_device_key(Ledger::permit(Verb::seal, "other"), other).error().kind ==
        ErrorKind::unavailable);
  REQUIRE(f.live());
  CHECK(f.room.hold_token(other));
  CHECK(f.room.create_device_key(Ledger::permit(Verb::seal, "other"), other));
}

TEST_CASE("a destruction that failed before its effect does not lock the token") {
  DestructionFixture f;
  f.hsm.fail_at(1, When::before);
  REQUIRE_FALSE(f.live());
  const auto other = *KeyId::parse("other");
  CHECK(f.room.create_device_key(Ledger::permit(Verb::seal, "other"), other));
}

}  // namespace quietus::keys
