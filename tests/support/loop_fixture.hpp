// Real loop devices for tests that are run by root; elsewhere a test says why it is skipped.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "tests/support/signing_world.hpp"

namespace quietus::test {

inline std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

/// A loop device over an existing file, detached at the end.
class LoopDevice {
 public:
  explicit LoopDevice(const std::string& file, const std::string& options = "") {
    std::string output;
    if (run_shell("losetup " + options + " -f --show '" + file + "'", "/", &output) == 0)
      path_ = first_line(output);
  }
  ~LoopDevice() { detach(); }
  LoopDevice(const LoopDevice&) = delete;
  LoopDevice& operator=(const LoopDevice&) = delete;
  void detach() {
    if (!path_.empty()) run_shell("losetup -d " + path_, "/");
    path_.clear();
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// A file of `mebibytes` of the byte 0xA5.
inline std::string make_image(const TemporaryFolder& folder, const std::string& name, int mebibytes) {
  return folder.file(name, Bytes(static_cast<std::size_t>(mebibytes) << 20, 0xA5));
}

/// True without a reason why not. Else the test is skipped with the reason on standard error; or it fails,
/// where QUIETUS_REQUIRE_ROOT=1 says that this machine is to run everything (scripts/test sets it for root).
inline bool is_there_or_must_be(const std::string& why_not, const char* test) {
  if (why_not.empty()) return true;
  const char* required = std::getenv("QUIETUS_REQUIRE_ROOT");
  if (required != nullptr && std::string_view(required) == "1")
    throw std::runtime_error(std::string(test) + " cannot run: " + why_not);
  std::cerr << "skipped: " << test << ": " << why_not << '\n';
  return false;
}

/// Whether this machine can give a test a loop device; see is_there_or_must_be.
inline bool loops_work(const char* test) {
  if (geteuid() != 0) return is_there_or_must_be("not root", test);
  const TemporaryFolder folder;
  const bool works = !LoopDevice(make_image(folder, "probe.img", 1)).path().empty();
  return is_there_or_must_be(works ? "" : "losetup does not work here", test);
}

}  // namespace quietus::test
