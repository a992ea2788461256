// A loop device over a disk that misbehaves on demand (tests/support/fault_disk).
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

#include "eraser/verify/fd_block_device.hpp"
#include "tests/support/loop_fixture.hpp"

namespace quietus::test {

class FaultDisk {
 public:
  explicit FaultDisk(int mebibytes)
      : image_(make_image(folder_, "disk.img", mebibytes)), mount_(folder_.path() + "/mount") {
    std::filesystem::create_directory(mount_);
    std::string program = QUIETUS_FAULT_DISK, image = image_, mount = mount_;
    const std::array<char*, 4> words{program.data(), image.data(), mount.data(), nullptr};
    REQUIRE(posix_spawn(&server_, program.c_str(), nullptr, nullptr, words.data(), environ) == 0);
    for (int i = 0; i < 500 && !std::filesystem::exists(mount_ + "/disk"); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    REQUIRE(std::filesystem::exists(mount_ + "/disk"));
    loop_ = std::make_unique<LoopDevice>(mount_ + "/disk", "--direct-io=on");
    REQUIRE_FALSE(loop_->path().empty());
  }
  ~FaultDisk() {
    obey("clear");
    loop_.reset();
    for (int i = 0; i < 100 && run_shell("fusermount3 -u '" + mount_ + "' 2>/dev/null", "/") != 0; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    waitpid(server_, nullptr, 0);
  }
  FaultDisk(const FaultDisk&) = delete;
  FaultDisk& operator=(const FaultDisk&) = delete;

  void obey(const std::string& rule) const { std::ofstream(mount_ + "/control") << rule << std::flush; }
  [[nodiscard]] std::unique_ptr<eraser::FdBlockDevice> open() const {
    return eraser::FdBlockDevice::adopt(Fd(::open(loop_->path().c_str(), O_RDWR | O_DIRECT | O_CLOEXEC)))
        .value();
  }
  [[nodiscard]] const std::string& image() const { return image_; }

 private:
  TemporaryFolder folder_;
  const std::string image_, mount_;
  pid_t server_ = 0;
  std::unique_ptr<LoopDevice> loop_;
};

/// False, with the reason on standard error, when this machine has no FUSE or no loop device; where tests
/// must be able to have them it throws.
inline bool fault_disks_work(const char* test) {
  if (!loops_work(test)) return false;
  return is_there_or_must_be(access("/dev/fuse", R_OK | W_OK) == 0 ? "" : "no /dev/fuse", test);
}

}  // namespace quietus::test
