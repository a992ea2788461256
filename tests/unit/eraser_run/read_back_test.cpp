#include "eraser/run/read_back.hpp"

#include <catch2/catch.hpp>

#include "eraser/verify/reread.hpp"
#include "tests/support/fault_block_device.hpp"
#include "tests/support/fault_io_queue.hpp"

using namespace quietus;
using namespace quietus::eraser;
using test::FakeBlockDevice;
using test::FaultIoQueue;
using Fault = FaultIoQueue::Fault;

namespace {

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::uint64_t kSize = 9 * kMiB + 512;

Plan plan_of(OverwritePattern pattern) {
  Plan plan;
  plan.pattern = pattern;
  plan.length_bytes = kSize;
  if (pattern == OverwritePattern::stream) plan.stream_seed.value.fill(9);
  return plan;
}

struct Scene {
  explicit Scene(OverwritePattern pattern = OverwritePattern::stream) : plan(plan_of(pattern)), disk(kSize) {
    REQUIRE(fill_expected(plan, 0, disk.content));
  }
  [[nodiscard]] Result<ReadBackResult> read(FaultIoQueue& queue) { return read_back(disk, queue, plan, {}); }
  Plan plan;
  FakeBlockDevice disk;
};

}  // namespace

TEST_CASE("a medium that holds the plan's content matches to the last byte, in whatever order it is read") {
  for (const auto pattern : {OverwritePattern::zeros, OverwritePattern::stream}) {
    for (std::uint32_t seed = 1; seed < 10; ++seed) {
      Scene scene(pattern);
      FaultIoQueue queue(scene.disk, 4, seed);
      const auto result = scene.read(queue).value();
      CHECK(result.all_match(scene.plan));
      CHECK(result.bytes_matching == kSize);
    }
  }
}

TEST_CASE("one bit off anywhere is found and named") {
  for (const auto pattern : {OverwritePattern::zeros, OverwritePattern::stream}) {
    for (const std::uint64_t at : {std::uint64_t{0}, 3 * kMiB - 1, 5 * kMiB + 77, kSize - 1}) {
      Scene scene(pattern);
      scene.disk.content[at] ^= 1;
      FaultIoQueue queue(scene.disk, 4);
      const auto result = scene.read(queue).value();
      CHECK_FALSE(result.all_match(scene.plan));
      REQUIRE(result.wrong.size() == 1);
      CHECK(result.wrong.front().ends_with("differs at byte " + std::to_string(at)));
    }
  }
}

TEST_CASE("whichever read meets whichever fault, a medium that was not read whole does not match") {
  const auto fault = GENERATE(Fault::failed, Fault::half, Fault::odd, Fault::nothing, Fault::interrupted,
                              Fault::exaggerated, Fault::never_answered);
  for (int call = 1; call <= 9; ++call) {
    Scene scene;
    FaultIoQueue queue(scene.disk, 4, static_cast<std::uint32_t>(call));
    queue.fault_call = call;
    queue.fault = fault;
    const auto result = scene.read(queue);
    const bool harmless = fault == Fault::half || fault == Fault::interrupted || fault == Fault::odd;
    CHECK(result.has_value() == (fault != Fault::never_answered));
    if (result) CHECK(result->all_match(scene.plan) == harmless);
  }
}

TEST_CASE("ranges that cannot be read are named, and a medium full of them is given up") {
  Scene scene;
  FaultIoQueue queue(scene.disk, 4);
  queue.bad_from = 2 * kMiB;
  queue.bad_to = 4 * kMiB;
  const auto result = scene.read(queue).value();
  CHECK(result.wrong.size() == 2);
  CHECK(result.wrong.front().starts_with("2097152+1048576: read of"));
  CHECK_FALSE(result.all_match(scene.plan));

  Plan large = plan_of(OverwritePattern::zeros);
  large.length_bytes = 100 * kMiB;
  FakeBlockDevice untouched(large.length_bytes);
  FaultIoQueue many(untouched, 4);
  const auto given_up = read_back(untouched, many, large, {}).value();
  CHECK(given_up.wrong.size() >= 64);
  CHECK(many.calls < 80);
}

TEST_CASE("a reading can be stopped, and needs the plan's size") {
  Scene scene;
  FaultIoQueue queue(scene.disk, 4);
  CHECK(read_back(scene.disk, queue, scene.plan, {[] { return true; }}).error().kind ==
        ErrorKind::unavailable);
  scene.plan.length_bytes -= 512;
  CHECK_FALSE(scene.read(queue));
}
