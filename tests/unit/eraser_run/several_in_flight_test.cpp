// The window of writes over a queue that answers in any order, in part, or not at all.
#include <catch2/catch.hpp>

#include "tests/support/fault_block_device.hpp"
#include "tests/support/fault_io_queue.hpp"
#include "tests/unit/eraser_run/run_scene.hpp"

using namespace quietus;
using namespace quietus::eraser;
using test::FakeBlockDevice;
using test::FaultBlockDevice;
using test::FaultIoQueue;
using test::kMiB;
using test::kRunSize;
using test::RunScene;
using Fault = FaultIoQueue::Fault;

TEST_CASE("in whatever order writes are answered, every byte holds the plan's content") {
  for (const auto pattern : {OverwritePattern::zeros, OverwritePattern::stream}) {
    for (std::uint32_t seed = 1; seed < 8; ++seed) {
      RunScene scene(pattern);
      FakeBlockDevice disk(kRunSize);
      FaultIoQueue queue(disk, 4, seed);
      scene.hooks.journal_every_bytes = 5 * kMiB;
      const auto report = run_plan(disk, queue, scene.request, scene.hooks);
      REQUIRE(report);
      CHECK(scene.read_all(disk).all_match());
      CHECK(queue.most_seen_in_flight == 4);
      CHECK(report->io_mode == "memory, in memory, any order, 4 x 1024 KiB");
    }
  }
}

TEST_CASE(
    "whichever transfer meets whichever fault, success is never told of a medium that is not overwritten") {
  const auto fault = GENERATE(Fault::failed, Fault::half, Fault::odd, Fault::nothing, Fault::interrupted,
                              Fault::exaggerated, Fault::never_answered);
  int hit = 0;
  for (int call = 1; call < 40; ++call) {
    RunScene scene;
    FakeBlockDevice disk(kRunSize);
    FaultIoQueue queue(disk, 4, static_cast<std::uint32_t>(call));
    queue.fault_call = call;
    queue.fault = fault;
    scene.hooks.journal_every_bytes = 3 * kMiB;
    const auto report = run_plan(disk, queue, scene.request, scene.hooks);
    INFO("call " << call << ", fault " << static_cast<int>(fault));
    if (report) CHECK(scene.read_all(disk).all_match());
    if (queue.calls < call) {
      CHECK(report);
      break;
    }
    ++hit;
    if (fault == Fault::interrupted || fault == Fault::half) CHECK(report);
    if (fault == Fault::never_answered) CHECK_FALSE(report);
    if (report) continue;
    CHECK(report.error().kind == ErrorKind::io);
    FaultIoQueue healthy(disk, 4);  // the run goes on, unless a range was noted as bad
    const auto again = run_plan(disk, healthy, scene.request, scene.hooks);
    if (again) CHECK(scene.read_all(disk).all_match());
  }
  CHECK(hit > 10);
}

TEST_CASE("a range that refuses writes fails the run whatever else is in flight, and only it is left") {
  for (std::uint32_t seed = 1; seed < 10; ++seed) {
    RunScene scene;
    FakeBlockDevice disk(kRunSize);
    FaultIoQueue queue(disk, 4, seed);
    queue.bad_from = 2 * kMiB + 4096;
    queue.bad_to = 3 * kMiB + 4096;  // the end of one chunk and the beginning of the next
    const auto report = run_plan(disk, queue, scene.request, scene.hooks);
    REQUIRE_FALSE(report);
    CHECK(report.error().kind == ErrorKind::io);
    const auto journal = load_journal(scene.request.journal_path).value();
    CHECK(journal->bad_ranges.size() == 17);
    CHECK(journal->done_bytes == kRunSize);
    CHECK(scene.read_all(disk).blocks_matching == kRunSize / 4096 - std::uint64_t{17} * 16);
    queue.bad_to = 0;
    CHECK_FALSE(run_plan(disk, queue, scene.request, scene.hooks));  // a repaired disk does not make it good
  }
}

TEST_CASE("power lost at any chunk, with writes in flight and in a cache, leaves no gap after the next run") {
  for (int died_after = 1; died_after <= 9; ++died_after) {
    for (std::uint32_t seed = 1; seed < 3; ++seed) {
      RunScene scene;
      scene.hooks.journal_every_bytes = 2 * kMiB;
      FakeBlockDevice disk(kRunSize);
      FaultBlockDevice cached(disk);
      cached.volatile_cache = true;
      scene.die_after(died_after);
      try {
        FaultIoQueue queue(cached, 4, seed);
        static_cast<void>(run_plan(cached, queue, scene.request, scene.hooks));
      } catch (const RunScene::Killed&) {
        cached.lose_power();
      }
      scene.hooks.stop = nullptr;
      FaultIoQueue queue(cached, 4, seed);
      REQUIRE(run_plan(cached, queue, scene.request, scene.hooks));
      CHECK(scene.read_all(disk).all_match());
    }
  }
}

TEST_CASE("a stopped run with writes in flight goes on where everything below was written") {
  for (int stop_at = 1; stop_at < 9; ++stop_at) {
    RunScene scene;
    scene.hooks.journal_every_bytes = std::uint64_t{1} << 40;
    FakeBlockDevice disk(kRunSize);
    int chunks = 0;
    scene.hooks.stop = [&] { return chunks++ == stop_at; };
    FaultIoQueue queue(disk, 4, static_cast<std::uint32_t>(stop_at));
    REQUIRE(run_plan(disk, queue, scene.request, scene.hooks).error().kind == ErrorKind::unavailable);
    const auto done = load_journal(scene.request.journal_path).value()->done_bytes;
    CHECK(done <= static_cast<std::uint64_t>(stop_at) * kMiB);
    scene.hooks.stop = nullptr;
    const auto report = run_plan(disk, queue, scene.request, scene.hooks);
    REQUIRE(report);
    CHECK(report->resumed_from == done);
    CHECK(scene.read_all(disk).all_match());
  }
}

TEST_CASE("a write that fails while a run is being stopped is not behind where the next run begins") {
  int resumed = 0;
  for (int stop_at = 2; stop_at < 9; ++stop_at) {
    for (std::uint32_t seed = 1; seed < 6; ++seed) {
      RunScene scene;
      scene.hooks.journal_every_bytes = std::uint64_t{1} << 40;
      FakeBlockDevice disk(kRunSize);
      FaultIoQueue queue(disk, 4, seed);
      queue.bad_from = static_cast<std::uint64_t>(stop_at - 2) * kMiB;
      queue.bad_to = queue.bad_from + 512;
      int chunks = 0;
      scene.hooks.stop = [&] { return chunks++ == stop_at; };
      if (run_plan(disk, queue, scene.request, scene.hooks).error().kind != ErrorKind::unavailable) continue;
      scene.hooks.stop = nullptr;
      queue.bad_to = 0;
      if (!run_plan(disk, queue, scene.request, scene.hooks)) continue;  // noted as bad before the stop
      CHECK(scene.read_all(disk).all_match());
      ++resumed;
    }
  }
  CHECK(resumed > 5);
}

TEST_CASE("a paused run begins nothing, and a limited one keeps its rate") {
  using Clock = std::chrono::steady_clock;
  RunScene scene;
  FakeBlockDevice disk(kRunSize);
  FaultIoQueue queue(disk, 4);
  int asked = 0;
  std::size_t written_in_pause = 0;
  scene.hooks.pause = [&] {
    if (++asked > 5 && asked < 20) written_in_pause = std::max(written_in_pause, disk.writes.size());
    return asked > 5 && asked < 20;
  };
  REQUIRE(run_plan(disk, queue, scene.request, scene.hooks));
  CHECK(written_in_pause < 6);
  CHECK(scene.read_all(disk).all_match());

  RunScene limited;
  limited.hooks.most_bytes_per_s = 40 * kMiB;
  const auto begun = Clock::now();
  REQUIRE(run_plan(disk, queue, limited.request, limited.hooks));
  CHECK(Clock::now() - begun > std::chrono::milliseconds(170));  // 8 MiB, the first of them at once
}

TEST_CASE("a pause can be ended by a stop") {
  RunScene scene;
  FakeBlockDevice disk(kRunSize);
  int asked = 0;
  scene.hooks.pause = [] { return true; };
  scene.hooks.stop = [&] { return ++asked == 3; };
  CHECK(run_plan(disk, scene.request, scene.hooks).error().kind == ErrorKind::unavailable);
  CHECK(disk.writes.empty());
}

TEST_CASE("a run that reads back finds what a lying medium did not store") {
  RunScene scene;
  scene.request.read_back = true;
  FakeBlockDevice disk(kRunSize);
  FaultBlockDevice liar(disk);
  liar.lies = true;
  FaultIoQueue queue(liar, 4);
  const auto report = run_plan(liar, queue, scene.request, scene.hooks);
  REQUIRE_FALSE(report);
  CHECK(report.error().kind == ErrorKind::verification_failed);
  FaultIoQueue honest(disk, 4);
  RunScene fresh;
  fresh.request.read_back = true;
  const auto good = run_plan(disk, honest, fresh.request, fresh.hooks);
  REQUIRE(good);
  CHECK(good->io_mode.find("every byte read back") != std::string::npos);
}
