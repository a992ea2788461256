// The real engines, over a file; and which of them is chosen where the kernel refuses one.
#include "eraser/run/io_queue.hpp"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstddef>

#include "eraser/verify/fd_block_device.hpp"
#include "tests/unit/eraser_run/run_scene.hpp"

using namespace quietus;
using namespace quietus::eraser;
using test::kMiB;
using test::RunScene;

namespace {

constexpr std::uint64_t kSize = 20 * kMiB + 512;

/// O_DIRECT where the file system has it.
Fd medium(const RunScene& scene, std::uint64_t size) {
  const std::string path = scene.folder / "medium.img";
  Fd fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_DIRECT, 0600));
  if (!fd) fd = Fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  REQUIRE(ftruncate(fd.get(), static_cast<off_t>(size)) == 0);
  return fd;
}

/// The engine that a process gets which has first given something up.
std::string engine_after(void (*give_up)()) {
  std::array<int, 2> pipe_ends{};
  REQUIRE(pipe(pipe_ends.data()) == 0);
  const RunScene scene;
  const Fd fd = medium(scene, kMiB);
  const pid_t child = fork();
  if (child == 0) {
    give_up();
    const auto queue = open_io_queue(fd.get());
    const std::string name = queue ? (*queue)->name() : queue.error().message;
    _exit(write(pipe_ends[1], name.data(), name.size()) > 0 ? 0 : 1);
  }
  close(pipe_ends[1]);
  std::array<char, 200> text{};
  const auto length = read(pipe_ends[0], text.data(), text.size());
  close(pipe_ends[0]);
  waitpid(child, nullptr, 0);
  return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0))};
}

void forbid_io_uring() {
  const std::array filter{
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_io_uring_setup, 0, 1),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{filter.size(), const_cast<sock_filter*>(filter.data())};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
    _exit(2);
}

void lock_little_memory() {
  const rlimit little{64 << 10, 64 << 10};
  if (setrlimit(RLIMIT_MEMLOCK, &little) != 0) _exit(2);
  if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0) _exit(2);  // root is not bound by it
}

bool ring_works() {
  const RunScene scene;
  const Fd fd = medium(scene, kMiB);
  return open_io_queue(fd.get(), IoEngine::ring).has_value();
}

}  // namespace

TEST_CASE("every engine overwrites a medium whole, reads it back, and says its name") {
  const auto engine = GENERATE(IoEngine::registered, IoEngine::ring, IoEngine::threads, IoEngine::best);
  const auto pattern = GENERATE(OverwritePattern::zeros, OverwritePattern::stream);
  RunScene scene(pattern, kSize);
  scene.request.read_back = true;
  scene.hooks.journal_every_bytes = 8 * kMiB;
  auto device = FdBlockDevice::adopt(medium(scene, kSize)).value();
  auto queue = open_io_queue(device->descriptor(), engine);
  if (!queue) {  // a sandbox without io_uring has the other engines, and says why
    CHECK(queue.error().kind == ErrorKind::unavailable);
    return;
  }
  const auto report = run_plan(*device, **queue, scene.request, scene.hooks);
  REQUIRE(report);
  CHECK(report->io_mode.find((*queue)->name()) != std::string::npos);
  CHECK(scene.read_all(*device).all_match());

  const Bytes other(4096, 0x5A);
  REQUIRE(device->write(12 * kMiB, other));
  const auto spoiled =
      run_plan(*device, **queue, scene.request, scene.hooks);  // the journal says: all written
  REQUIRE_FALSE(spoiled);
  CHECK(spoiled.error().message.find("differs at byte 12582912") != std::string::npos);
}

TEST_CASE("a medium that can only be read gives an error of every engine, and no report") {
  const auto engine = GENERATE(IoEngine::best, IoEngine::threads);
  const RunScene scene(OverwritePattern::zeros, 4 * kMiB);
  medium(scene, 4 * kMiB);
  const std::string path = scene.folder / "medium.img";
  auto device = FdBlockDevice::adopt(Fd(open(path.c_str(), O_RDONLY | O_CLOEXEC))).value();
  auto queue = open_io_queue(device->descriptor(), engine).value();
  const auto report = run_plan(*device, *queue, scene.request, scene.hooks);
  REQUIRE_FALSE(report);
  CHECK(report.error().kind == ErrorKind::io);
}

TEST_CASE("where io_uring is not allowed, threads do the work") {
  CHECK(engine_after(&forbid_io_uring) == "8 threads, psync");
}

TEST_CASE("where memory may not be locked, the ring goes without registered buffers") {
  if (!ring_works()) return;
  CHECK(engine_after(&lock_little_memory) == "io_uring");
}

TEST_CASE("a queue with transfers in flight can be given up") {
  const auto engine = GENERATE(IoEngine::best, IoEngine::threads);
  const RunScene scene;
  const Fd fd = medium(scene, 8 * kMiB);
  for (int round = 0; round < 20; ++round) {
    auto queue = open_io_queue(fd.get(), engine).value();
    for (std::size_t i = 0; i < 4; ++i)
      REQUIRE(queue->submit({IoAction::write, i, i * kMiB, queue->memory().subspan(i * kMiB, kMiB)}));
  }
}
