// The eraser's run over a disk behind a real kernel that fails, hangs, loses power and lies.
#include "tests/fault/eraser/fault_disk.hpp"

#include <atomic>

#include "eraser/run/read_back.hpp"
#include "tests/unit/eraser_run/run_scene.hpp"

using namespace quietus;
using namespace quietus::eraser;
using test::FaultDisk;
using test::kMiB;
using test::RunScene;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int kMebibytes = 8;
constexpr std::uint64_t kSize = kMebibytes * kMiB;
constexpr std::array kEngines{IoEngine::best, IoEngine::ring, IoEngine::threads};

bool works() { return test::fault_disks_work(Catch::getResultCapture().getCurrentTestName().c_str()); }

struct Scene : RunScene {
  explicit Scene(OverwritePattern pattern = OverwritePattern::stream) : RunScene(pattern, kSize) {
    hooks.journal_every_bytes = 3 * kMiB;
    hooks.stall_ms = 20000;  // a busy machine is not a hanging disk
  }
  Result<EraserReport> run(const FaultDisk& disk, IoEngine engine = IoEngine::best) {
    const auto device = disk.open();
    auto queue = open_io_queue(device->descriptor(), engine);
    if (!queue) queue = open_io_queue(device->descriptor());
    return run_plan(*device, **queue, request, hooks);
  }
  [[nodiscard]] RereadResult sample(const FaultDisk& disk) const { return read_all(*disk.open()); }
  /// The same in large pieces: thousands of small requests through FUSE are slow on a busy machine.
  [[nodiscard]] bool holds(const FaultDisk& disk) const {
    const auto device = disk.open();
    const auto queue = open_io_queue(device->descriptor()).value();
    const auto found = read_back(*device, *queue, request.plan, {});
    return found && found->all_match(request.plan);
  }
};

std::string bytes(const std::string& rule, std::uint64_t from, std::uint64_t to) {
  return rule + " " + std::to_string(from) + " " + std::to_string(to);
}

}  // namespace

TEST_CASE("without a fault a disk behind FUSE and a loop device is overwritten and read back") {
  if (!works()) return;
  const FaultDisk disk(kMebibytes);
  for (const auto engine : kEngines) {
    Scene scene;
    scene.request.read_back = true;
    REQUIRE(scene.run(disk, engine));
    CHECK(scene.holds(disk));
  }
}

TEST_CASE(
    "a range that refuses writes is named, left out of what is claimed, and all around it is overwritten") {
  if (!works()) return;
  for (const auto engine : kEngines) {
    const FaultDisk disk(kMebibytes);
    Scene scene;
    disk.obey(bytes("fail w", 5 * kMiB + 8192, 5 * kMiB + 12288));
    const auto report = scene.run(disk, engine);
    REQUIRE_FALSE(report);
    CHECK(report.error().kind == ErrorKind::io);
    CHECK(report.error().message.find("5242880+65536") != std::string::npos);
    CHECK(load_journal(scene.request.journal_path).value()->bad_ranges.size() == 1);
    disk.obey("clear");
    const auto sample = scene.sample(disk);
    CHECK(sample.blocks_matching == kSize / 4096 - 16);
    CHECK_FALSE(sample.all_match());
  }
}

TEST_CASE("a range that refuses reads is never called overwritten") {
  if (!works()) return;
  const FaultDisk disk(kMebibytes);
  Scene scene;
  scene.request.read_back = true;
  disk.obey(bytes("fail r", 2 * kMiB, 2 * kMiB + 4096));
  const auto report = scene.run(disk);
  REQUIRE_FALSE(report);
  CHECK(report.error().kind == ErrorKind::verification_failed);
  const auto sample = scene.sample(disk);
  CHECK(sample.read_errors > 0);
  CHECK_FALSE(sample.all_match());
}

TEST_CASE("writes that are acknowledged and not stored are found by reading back, and by the sample") {
  if (!works()) return;
  for (const auto pattern : {OverwritePattern::zeros, OverwritePattern::stream}) {
    const FaultDisk disk(kMebibytes);
    disk.obey(bytes("lie w", 0, kSize));
    Scene scene(pattern);
    REQUIRE(scene.run(disk));  // everything was acknowledged: the eraser cannot know
    CHECK(scene.sample(disk).blocks_matching == 0);
    scene.request.read_back = true;
    const auto report = scene.run(disk);
    REQUIRE_FALSE(report);
    CHECK(report.error().kind == ErrorKind::verification_failed);
  }
}

TEST_CASE("one page that was not stored is found by reading back, and named") {
  if (!works()) return;
  const FaultDisk disk(kMebibytes);
  disk.obey(bytes("lie w", 3 * kMiB + 4096, 3 * kMiB + 8192));
  Scene scene;
  scene.request.read_back = true;
  const auto report = scene.run(disk);
  REQUIRE_FALSE(report);
  CHECK(report.error().message.find("3145728+") != std::string::npos);
}

TEST_CASE("a disk that hangs in a write, a flush or a read ends in an error within its time") {
  if (!works()) return;
  const std::string of = GENERATE("w", "f", "r");
  const auto engine = GENERATE(IoEngine::best, IoEngine::threads);
  const FaultDisk disk(kMebibytes);
  Scene scene;
  scene.request.read_back = true;
  scene.hooks.stall_ms = 1000;
  disk.obey(bytes("hang " + of, 0, kSize));
  std::atomic<bool> ended = false;
  std::thread release([&] {  // a run that waits for ever fails below, and does not hang the suite
    for (int i = 0; i < 300 && !ended; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    disk.obey("clear");
  });
  const auto device = disk.open();
  auto queue = open_io_queue(device->descriptor(), engine).value();
  const auto begun = Clock::now();
  const auto report = run_plan(*device, *queue, scene.request, scene.hooks);
  const auto took = Clock::now() - begun;
  ended = true;
  release.join();
  REQUIRE_FALSE(report);
  CHECK(report.error().kind == ErrorKind::io);
  CHECK(report.error().message.find("did not answer") != std::string::npos);
  CHECK(took < std::chrono::seconds(10));
}

TEST_CASE("power lost with unflushed writes at any chunk leaves no gap after the next run") {
  if (!works()) return;
  for (int died_after = 1; died_after <= kMebibytes; died_after += 2) {
    const FaultDisk disk(kMebibytes);
    disk.obey("volatile");
    Scene scene;
    struct Killed {};
    int chunks = 0;
    scene.hooks.stop = [&]() -> bool {
      if (chunks++ == died_after) throw Killed{};  // no orderly end: nothing more is flushed or journalled
      return false;
    };
    try {
      static_cast<void>(scene.run(disk));
    } catch (const Killed&) {
    }
    disk.obey("losepower");
    scene.hooks.stop = nullptr;
    CHECK_FALSE(scene.run(disk));  // without power nothing works
    disk.obey("clear");
    disk.obey("volatile");
    // Ranges that failed while there was no power stay bad for this run: it is not made good, it is begun
    // anew.
    if (!load_journal(scene.request.journal_path).value()->bad_ranges.empty())
      REQUIRE(remove_journal(scene.request.journal_path));
    REQUIRE(scene.run(disk));
    disk.obey("losepower");  // what the run called done had been flushed
    disk.obey("clear");
    CHECK(scene.holds(disk));
  }
}

TEST_CASE("whichever request to the disk fails, success is never told of a disk that is not overwritten") {
  if (!works()) return;
  const auto engine = GENERATE(IoEngine::best, IoEngine::threads);
  const FaultDisk disk(kMebibytes);
  int succeeded = 0;
  for (int request = 1; request <= 40; request += 7) {
    Scene scene;
    scene.request.plan.stream_seed.value.fill(static_cast<std::uint8_t>(request));
    disk.obey("failnth " + std::to_string(request));
    const auto report = scene.run(disk, engine);
    disk.obey("clear");
    if (report) CHECK(scene.holds(disk));
    if (report) ++succeeded;
    if (!report) CHECK(report.error().kind == ErrorKind::io);
  }
  CHECK(succeeded > 0);
}
