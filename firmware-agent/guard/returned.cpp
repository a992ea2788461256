#include "firmware-agent/guard/returned.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include "firmware-agent/guard/medium_path.hpp"

namespace quietus::agent {
namespace {

std::unexpected<Error> still_open() {
  return fail(ErrorKind::conflict, "the eraser still has the medium open", "close it, then ask again");
}

std::unexpected<Error> cannot_tell(const std::string& why) {
  return fail(ErrorKind::unavailable, "cannot tell whether the eraser has closed the medium: " + why,
              "run the agent as root and in the process namespace of the eraser");
}

/// Lists look at images too, for a moment: one refusal of the lease says little.
bool only_ours(int fd) {
  constexpr int kTries = 50;
  for (int i = 0; i < kTries; ++i) {
    if (claim_lease(fd)) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

}  // namespace

Status check_returned(int fd, const DeviceIdentity& identity, int pid) {
  if (identity.kind == MediumKind::disk_image) return only_ours(fd) ? Status{} : Status(still_open());
  if (pid <= 0) return cannot_tell("its process is not known");
  const auto folder = "/proc/" + std::to_string(pid) + "/fd";
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  for (const std::filesystem::directory_iterator end; !error && entry != end; entry.increment(error)) {
    struct stat about{};
    if (stat(entry->path().c_str(), &about) != 0) {
      if (errno == ENOENT) continue;  // closed meanwhile, or a socket, which has no path
      return cannot_tell(entry->path().string());
    }
    if (S_ISBLK(about.st_mode) && about.st_rdev == identity.device_number) return still_open();
  }
  if (error) return cannot_tell(folder + ": " + error.message());
  return {};
}

}  // namespace quietus::agent
