#include "lab/folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.hpp"

namespace quietus::lab {
namespace {

namespace fs = std::filesystem;

Status give(const std::string& path, int flags, unsigned mode, Owner owner) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | flags));
  if (!fd) return io_error("open", path);
  if (::geteuid() == 0 && ::fchown(fd.get(), owner.uid, owner.gid) != 0)
    return io_error("change the owner of", path);
  if (::fchmod(fd.get(), mode) != 0) return io_error("change the mode of", path);
  return {};
}

bool may_search(const struct stat& info, Owner owner) {
  if (info.st_uid == owner.uid) return (info.st_mode & S_IXUSR) != 0;
  if (info.st_gid == owner.gid) return (info.st_mode & S_IXGRP) != 0;
  return (info.st_mode & S_IXOTH) != 0;
}

}  // namespace

Owner ourselves() { return {::geteuid(), ::getegid()}; }

Status make_folder(const std::string& path, unsigned mode, Owner owner) {
  std::error_code error;
  fs::create_directories(path, error);
  return give(path, O_DIRECTORY, mode, owner);
}

Status give_file(const std::string& path, unsigned mode, Owner owner) { return give(path, 0, mode, owner); }

Status give_tree(const std::string& path, Owner owner) {
  if (::geteuid() != 0) return {};
  if (::lchown(path.c_str(), owner.uid, owner.gid) != 0) return io_error("change the owner of", path);
  std::error_code error;
  for (fs::recursive_directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
    if (::lchown(at->path().c_str(), owner.uid, owner.gid) != 0) {
      return io_error("change the owner of", at->path().string());
    }
  }
  if (error) return fail(ErrorKind::io, "cannot list " + path + ": " + error.message());
  return {};
}

bool reachable_by(const std::string& path, Owner owner) {
  std::error_code error;
  const fs::path whole = fs::weakly_canonical(path, error);
  if (error) return false;
  fs::path walked;
  for (const auto& part : whole) {
    walked /= part;
    struct stat info{};
    if (::stat(walked.c_str(), &info) != 0) return false;
    if (S_ISDIR(info.st_mode) && !may_search(info, owner)) return false;
  }
  return true;
}

}  // namespace quietus::lab
