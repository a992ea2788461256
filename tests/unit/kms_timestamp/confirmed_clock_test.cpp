#include "kms/timestamp/confirmed_clock.hpp"

#include <atomic>
#include <catch2/catch.hpp>

using namespace quietus;
using namespace quietus::timestamp;

namespace {

struct World {
  UnixMs wall{1'000'000'000'000};
  std::int64_t boot = 5'000;
  std::int64_t token_offset_ms = 0;
  bool away = false;
  std::int64_t answer_takes_ms = 0;
  ConfirmedClock clock{{.max_age_ms = 60'000, .tolerance_ms = 5'000, .drift_ms = 2'000},
                       {[this]() -> Result<UnixMs> {
                          if (away) return fail(ErrorKind::unavailable, "away");
                          const UnixMs said = wall + token_offset_ms;
                          pass(answer_takes_ms);
                          return said;
                        },
                        [this] { return wall; }, [this] { return boot; }}};

  void pass(std::int64_t ms) {
    wall = wall + ms;
    boot += ms;
  }
};

}  // namespace

TEST_CASE("before the first token nothing is confirmed; with it the clock is") {
  World world;
  CHECK_FALSE(world.clock.reading().confirmed);
  REQUIRE(world.clock.refresh());
  CHECK(world.clock.reading().confirmed);
  CHECK(world.clock.reading().now == world.wall);
}

TEST_CASE("a token grows old by the boot clock, and a new one heals") {
  World world;
  REQUIRE(world.clock.refresh());
  world.away = true;
  world.pass(60'000);
  CHECK_FALSE(world.clock.refresh());
  CHECK(world.clock.reading().confirmed);
  world.pass(1);
  CHECK_FALSE(world.clock.reading().confirmed);
  world.away = false;
  REQUIRE(world.clock.refresh());
  CHECK(world.clock.reading().confirmed);
}

TEST_CASE("a clock that was wrong when the token came is not confirmed") {
  for (const std::int64_t offset : {-5'001, 5'001, 86'400'000}) {
    World world;
    world.token_offset_ms = offset;
    CHECK(world.clock.refresh().error().kind == ErrorKind::verification_failed);
    CHECK_FALSE(world.clock.reading().confirmed);
  }
  World world;
  world.token_offset_ms = 4'999;
  CHECK(world.clock.refresh());
}

TEST_CASE("a wall clock that is set, forwards or backwards, is noticed at once") {
  for (const std::int64_t step : {2'001, -2'001, 3'600'000, -3'600'000}) {
    World world;
    REQUIRE(world.clock.refresh());
    world.pass(1'000);
    world.wall = world.wall + step;
    CHECK_FALSE(world.clock.reading().confirmed);
    world.wall = world.wall + -step;
    CHECK(world.clock.reading().confirmed);
  }
}

TEST_CASE("setting the clock back does not make an old token young") {
  World world;
  REQUIRE(world.clock.refresh());
  world.boot += 61'000;
  CHECK_FALSE(world.clock.reading().confirmed);
}

TEST_CASE("an answer that took too long says nothing about now") {
  World world;
  world.answer_takes_ms = 5'001;
  CHECK(world.clock.refresh().error().kind == ErrorKind::timed_out);
  CHECK_FALSE(world.clock.reading().confirmed);
}

TEST_CASE("the thread asks by itself, retries after failures, and ends when told") {
  std::atomic<int> asked = 0;
  {
    ConfirmedClock clock({.interval_ms = 10, .retry_ms = 10}, {[&]() -> Result<UnixMs> {
                                                                 if (++asked < 3)
                                                                   return fail(ErrorKind::unavailable,
                                                                               "away");
                                                                 return UnixMs{7'000};
                                                               },
                                                               [] { return UnixMs{7'000}; }, boot_clock_ms});
    clock.start();
    for (int i = 0; i < 500 && !clock.reading().confirmed; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    CHECK(clock.reading().confirmed);
  }
  const int after = asked;
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK(asked == after);
}
