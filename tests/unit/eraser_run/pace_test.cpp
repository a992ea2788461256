#include "eraser/run/pace.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "tests/support/fake_block_device.hpp"
#include "tests/support/fault_io_queue.hpp"

using namespace quietus;
using namespace quietus::eraser;

namespace {

constexpr std::uint64_t kGiB = 1 << 30;

struct Scene {
  explicit Scene(std::size_t depth) : disk(4096), queue(disk, depth) {}
  test::FakeBlockDevice disk;
  test::FaultIoQueue queue;
};

}  // namespace

TEST_CASE("the fastest of the paces tried does the rest, and every byte is done once") {
  Scene scene(32);
  for (const Pace& fastest : paces_to_try(scene.queue)) {
    std::uint64_t at = 12 << 20, most_tried = 0;
    const auto best =
        at_the_best_pace(scene.queue, at, 8 * kGiB, [&](const Pace& pace, std::uint64_t to) -> Status {
          CHECK(to > at);
          if (to != 8 * kGiB) most_tried = to;
          at = to;
          if (pace != fastest) std::this_thread::sleep_for(std::chrono::milliseconds(3));
          return {};
        });
    CHECK(best.value() == fastest);
    CHECK(at == 8 * kGiB);
    CHECK(most_tried > 12 << 20);
    CHECK(most_tried <= (12 << 20) + 8 * kGiB / 8);
  }
}

TEST_CASE("what is tried fits into the queue's memory and the queue's depth") {
  for (const std::size_t depth : {1U, 4U, 8U, 32U}) {
    Scene scene(depth);
    for (const Pace& pace : paces_to_try(scene.queue)) {
      CHECK(pace.depth <= depth);
      CHECK((pace.depth + 1) * pace.chunk_bytes <= scene.queue.memory().size());
    }
    CHECK(usual_pace(scene.queue).depth ==
          std::min<std::size_t>(depth, 4)  // as many as the memory has room for
    );
  }
  Scene alone(1);
  CHECK(paces_to_try(alone.queue).empty());
}

TEST_CASE("on a small medium nothing is tried, and an error ends the work at once") {
  Scene scene(32);
  Scene alone(1);
  const auto nothing = [](const Pace&, std::uint64_t) -> Status { return {}; };
  CHECK(at_the_best_pace(alone.queue, 0, 64 * kGiB, nothing).value() == usual_pace(alone.queue));
  int calls = 0;
  const auto count = [&](const Pace&, std::uint64_t) -> Status {
    ++calls;
    return {};
  };
  CHECK(at_the_best_pace(scene.queue, 0, 8 << 20, count).value() == usual_pace(scene.queue));
  CHECK(calls == 1);
  const auto broken = [&](const Pace&, std::uint64_t) -> Status {
    ++calls;
    return fail(ErrorKind::io, "broken");
  };
  CHECK_FALSE(at_the_best_pace(scene.queue, 0, 8 * kGiB, broken));
  CHECK(calls == 2);
}
