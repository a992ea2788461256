#include <catch2/catch.hpp>

#include "kms/timestamp/confirmed_clock.hpp"

namespace quietus::timestamp {
namespace {

struct HandSet {
  UnixMs wall{1'800'000'000'000};
  std::int64_t boot_ms = 1'000'000;
  std::optional<std::int64_t> authority_offset_ms = 0;  ///< from the wall clock; nullopt = away

  void pass(std::int64_t ms) {
    wall = wall + ms;
    boot_ms += ms;
  }
  TimeSources sources() {
    return {[this] { return wall; }, [this] { return boot_ms; },
            [this]() -> Result<UnixMs> {
              if (!authority_offset_ms) return fail(ErrorKind::unavailable, "away");
              return wall + *authority_offset_ms;
            }};
  }
};

constexpr ConfirmedClockSettings kSettings{60, 2, 600'000, 5000, 2000};

}  // namespace

TEST_CASE("a clock that nobody has vouched for is not confirmed") {
  HandSet hand;
  const ConfirmedClock clock(hand.sources(), kSettings);
  CHECK_FALSE(clock.reading().confirmed);
}

TEST_CASE("a token confirms until it is too old, and a new one confirms again") {
  HandSet hand;
  ConfirmedClock clock(hand.sources(), kSettings);
  REQUIRE(clock.ask());
  CHECK(clock.reading().confirmed);
  hand.pass(600'000);
  CHECK(clock.reading().confirmed);
  hand.pass(1);
  CHECK_FALSE(clock.reading().confirmed);
  hand.authority_offset_ms.reset();
  CHECK_FALSE(clock.ask());
  CHECK_FALSE(clock.reading().confirmed);
  hand.authority_offset_ms = 0;
  REQUIRE(clock.ask());
  CHECK(clock.reading().confirmed);
}

TEST_CASE("a clock set forward or backward after the token is not confirmed") {
  const std::int64_t jump_ms = GENERATE(3'600'000, 2001, -2001, -3'600'000);
  HandSet hand;
  ConfirmedClock clock(hand.sources(), kSettings);
  REQUIRE(clock.ask());
  hand.pass(1000);
  hand.wall = hand.wall + jump_ms;
  CHECK_FALSE(clock.reading().confirmed);
}

TEST_CASE("an authority that disagrees takes an earlier confirmation away") {
  const std::int64_t offset_ms = GENERATE(5001, -5001);
  HandSet hand;
  ConfirmedClock clock(hand.sources(), kSettings);
  REQUIRE(clock.ask());
  hand.authority_offset_ms = offset_ms;
  CHECK(clock.ask().error().kind == ErrorKind::verification_failed);
  CHECK_FALSE(clock.reading().confirmed);
}

TEST_CASE("a suspended machine does not keep a stale confirmation") {
  HandSet hand;
  ConfirmedClock clock(hand.sources(), kSettings);
  REQUIRE(clock.ask());
  hand.pass(8 * 3600 * 1000);  // CLOCK_BOOTTIME counts the sleep
  CHECK_FALSE(clock.reading().confirmed);
}

}  // namespace quietus::timestamp
