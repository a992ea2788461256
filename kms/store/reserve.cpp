#include "kms/store/reserve.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>

namespace quietus::store {

Reserve::Reserve(Reserve&& other) noexcept
    : fd_(std::move(other.fd_)),
      path_(std::move(other.path_)),
      size_bytes_(other.size_bytes_),
      held_(other.held_.load()) {}

Result<Reserve> Reserve::open(const std::string& path, std::uint64_t size_bytes) {
  if (size_bytes == 0) return Reserve(Fd(), path, 0);
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return io_error("opening the reserve", path);
  Reserve reserve(std::move(fd), path, size_bytes);
  if (const Status taken = reserve.restore(); !taken && taken.error().kind != ErrorKind::exhausted) {
    return std::unexpected(taken.error());
  }
  return reserve;
}

Status Reserve::release() {
  if (!fd_) return {};
  if (::ftruncate(fd_.get(), 0) != 0) return io_error("releasing the reserve", path_);
  if (::fsync(fd_.get()) != 0) return io_error("syncing the reserve", path_);
  held_ = false;
  return {};
}

Status Reserve::restore() {
  if (!fd_) return {};
  // Unlike a hole, blocks that posix_fallocate gave are ours: POSIX.1-2017, posix_fallocate.
  const int code = ::posix_fallocate(fd_.get(), 0, static_cast<off_t>(size_bytes_));
  if (code == 0) {
    if (::fsync(fd_.get()) != 0) return io_error("syncing the reserve", path_);
    held_ = true;
    return {};
  }
  QUIETUS_CHECK(release());
  if (code == ENOSPC || code == EDQUOT || code == EFBIG) {
    return fail(ErrorKind::exhausted, path_ + ": no room for the reserve", "make room on the file system");
  }
  errno = code;
  return io_error("taking the reserve", path_);
}

void Reserve::restore_if_roomy() {
  constexpr std::uint64_t kTimes = 4;
  if (!fd_ || held()) return;
  struct statvfs room{};
  if (::fstatvfs(fd_.get(), &room) != 0) return;
  if (std::uint64_t{room.f_bavail} * room.f_frsize < kTimes * size_bytes_) return;
  // What fails here is tried again at the next append; held() tells who wants to know.
  [[maybe_unused]] const Status taken = restore();
}

}  // namespace quietus::store
