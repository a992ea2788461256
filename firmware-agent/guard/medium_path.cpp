#include "firmware-agent/guard/medium_path.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

namespace quietus::agent {
namespace {

namespace fs = std::filesystem;

bool plain_absolute(const std::string& path) {
  if (path.empty() || path.front() != '/' || path.size() > 4000 || path.find('\0') != std::string::npos)
    return false;
  return fs::path(path).lexically_normal() == fs::path(path) && !path.ends_with('/');
}

}  // namespace

Result<PathForm> form_of(const std::string& path) {
  if (!plain_absolute(path))
    return fail(ErrorKind::invalid_input, "a medium is named by a plain absolute path");
  if (!path.starts_with("/dev/") || path.starts_with("/dev/shm/")) return PathForm::image;
  struct stat about{};
  if (stat(path.c_str(), &about) != 0) return fail(ErrorKind::not_found, "there is no device " + path);
  if (!S_ISBLK(about.st_mode)) return fail(ErrorKind::invalid_input, path + " is not a block device");
  return PathForm::device;
}

std::string image_name(const std::string& path) { return fs::path(path).filename(); }

Result<Fd> open_image_folder(const std::string& path, const std::vector<std::string>& image_dirs) {
  const std::string folder = fs::path(path).parent_path();
  const bool configured = std::ranges::any_of(image_dirs, [&](const std::string& dir) {
    const auto normal = fs::path(dir).lexically_normal();
    return (normal.has_filename() ? normal : normal.parent_path()) == fs::path(folder);
  });
  if (!configured) {
    return fail(ErrorKind::denied, path + " is not in a folder for disk images",
                "add the folder to image_dirs of the agent's configuration");
  }
  Fd opened(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!opened) return io_error("open", folder);
  return opened;
}

bool claim_lease(int fd) {
  if (fcntl(fd, F_SETLEASE, F_WRLCK) != 0) return false;
  return fcntl(fd, F_SETLEASE, F_UNLCK) == 0;
}

}  // namespace quietus::agent
