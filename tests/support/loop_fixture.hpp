// Real loop devices for tests that are run by root; elsewhere a test says why it is skipped.
#pragma once

#include <unistd.h>

#include <iostream>
#include <string>

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

/// False, with the reason on standard error, when this machine cannot give a test a loop device.
inline bool loops_work(const char* test) {
  std::string why;
  if (geteuid() != 0) {
    why = "not root";
  } else {
    const TemporaryFolder folder;
    if (LoopDevice(make_image(folder, "probe.img", 1)).path().empty()) why = "losetup does not work here";
  }
  if (!why.empty()) std::cerr << "skipped: " << test << ": " << why << '\n';
  return why.empty();
}

}  // namespace quietus::test
