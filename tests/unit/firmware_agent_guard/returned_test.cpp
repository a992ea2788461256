// Lent media: an answer that cannot be had is not "closed".
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <csignal>

#include "base/file.hpp"
#include "firmware-agent/guard/returned.hpp"
#include "tests/support/loop_fixture.hpp"

using namespace quietus;
using namespace quietus::agent;
using test::make_image;
using test::TemporaryFolder;

namespace {

DeviceIdentity image_identity() {
  DeviceIdentity identity;
  identity.kind = MediumKind::disk_image;
  return identity;
}

/// A block device that no process of this test has open.
DeviceIdentity device_identity() {
  DeviceIdentity identity;
  identity.kind = MediumKind::block_device;
  identity.device_number = (std::uint64_t{259} << 8) | 201;
  return identity;
}

/// A process that sleeps until it is told to go, unreadable for others like the eraser (prctl(2),
/// PR_SET_DUMPABLE).
class Hidden {
 public:
  Hidden() {
    int go[2], there[2];
    REQUIRE(pipe2(go, O_CLOEXEC) == 0);
    REQUIRE(pipe2(there, O_CLOEXEC) == 0);
    pid_ = fork();
    if (pid_ == 0) {
      prctl(PR_SET_DUMPABLE, 0);
      char byte = 0;
      close(go[1]);
      if (write(there[1], &byte, 1) != 1) _exit(1);
      _exit(read(go[0], &byte, 1) == 0 ? 0 : 1);
    }
    close(go[0]);
    close(there[1]);
    go_ = Fd(go[1]);
    char byte = 0;
    REQUIRE(read(there[0], &byte, 1) == 1);
    close(there[0]);
  }
  ~Hidden() {
    go_ = Fd();
    waitpid(pid_, nullptr, 0);
  }
  Hidden(const Hidden&) = delete;
  Hidden& operator=(const Hidden&) = delete;
  [[nodiscard]] int pid() const { return pid_; }

 private:
  int pid_ = 0;
  Fd go_;
};

/// What somebody without privileges is answered about a process.
ErrorKind answer_to_nobody(int pid) {
  const int child = fork();
  if (child == 0) {
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) _exit(255);
    const auto status = check_returned(-1, device_identity(), pid);
    _exit(status ? 254 : static_cast<int>(status.error().kind));
  }
  int code = 0;
  waitpid(child, &code, 0);
  REQUIRE(WIFEXITED(code));
  REQUIRE(WEXITSTATUS(code) < 254);
  return static_cast<ErrorKind>(WEXITSTATUS(code));
}

}  // namespace

TEST_CASE("an image is back when nobody else has it open, in any process and under any descriptor") {
  const TemporaryFolder folder;
  const auto path = make_image(folder, "a.img", 1);
  const Fd own(open(path.c_str(), O_RDWR | O_CLOEXEC));
  CHECK(check_returned(own.get(), image_identity(), 0));
  Fd lent(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  CHECK(check_returned(own.get(), image_identity(), getpid()).error().kind == ErrorKind::conflict);
  const int child = fork();  // inherits it
  if (child == 0) {
    pause();
    _exit(0);
  }
  lent = Fd();
  CHECK(check_returned(own.get(), image_identity(), getpid()).error().kind == ErrorKind::conflict);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  CHECK(check_returned(own.get(), image_identity(), getpid()));
}

TEST_CASE("a block device is back when the process that borrowed it is seen to have closed it") {
  CHECK(check_returned(-1, device_identity(), getpid()));
  if (!test::loops_work("a loop device that is lent")) return;
  const TemporaryFolder folder;
  const test::LoopDevice loop(make_image(folder, "a.img", 1));
  struct stat about{};
  REQUIRE(stat(loop.path().c_str(), &about) == 0);
  auto identity = device_identity();
  identity.device_number = about.st_rdev;
  {
    const Fd lent(open(loop.path().c_str(), O_RDONLY | O_CLOEXEC));
    CHECK(check_returned(-1, identity, getpid()).error().kind == ErrorKind::conflict);
  }
  CHECK(check_returned(-1, identity, getpid()));
}

TEST_CASE("a borrower that cannot be seen has not closed anything") {
  CHECK(check_returned(-1, device_identity(), 0).error().kind == ErrorKind::unavailable);
  CHECK(check_returned(-1, device_identity(), -1).error().kind == ErrorKind::unavailable);
  const Hidden hidden;
  CHECK(answer_to_nobody(hidden.pid()) == ErrorKind::unavailable);
  int gone = fork();
  if (gone == 0) _exit(0);
  waitpid(gone, nullptr, 0);
  CHECK(check_returned(-1, device_identity(), gone).error().kind == ErrorKind::unavailable);
}
