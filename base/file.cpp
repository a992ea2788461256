#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "base/crypto.hpp"

namespace quietus {
namespace {

ErrorKind kind_of(int error) {
  switch (error) {
    case ENOENT:
      return ErrorKind::not_found;
    case ENOSPC:
    case EDQUOT:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return ErrorKind::exhausted;
    default:
      return ErrorKind::io;
  }
}

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

Status sync_path(const std::string& path, int flags) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags));
  if (!fd) return io_error("open", path);
  if (::fsync(fd.get()) != 0) return io_error("sync", path);
  return {};
}

Status write_and_sync(int fd, BytesView bytes, const std::string& path, unsigned mode) {
  QUIETUS_CHECK(write_all(fd, bytes, path));
  if (::fchmod(fd, mode) != 0) return io_error("set the mode of", path);
  if (::fsync(fd) != 0) return io_error("sync", path);
  return {};
}

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = other.release();
  }
  return *this;
}

void Fd::reset() {
  // Linux closes the descriptor even when close() reports EINTR: a second try could close somebody else's.
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

std::unexpected<Error> io_error(const std::string& doing, const std::string& path) {
  const int error = errno;
  return fail(kind_of(error), "cannot " + doing + " " + path + ": " + std::generic_category().message(error));
}

Status write_all(int fd, BytesView bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return io_error("write", path);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

namespace {

/// Read in place, once: what is read may be as large as the caller allows. One byte more is asked for, so
/// that a file that grew meanwhile is found out.
template <class Buffer>
Result<Buffer> read_whole(const std::string& path, std::size_t max_bytes) {
  // O_NONBLOCK: opening a pipe that nobody writes to would wait for ever, before we can see that it is a
  // pipe.
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return io_error("open", path);
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return io_error("look at", path);
  if (!S_ISREG(info.st_mode)) return fail(ErrorKind::invalid_input, path + " is not a regular file");
  constexpr std::size_t kLeastStep = 65536;
  Buffer out;
  out.resize(std::min(static_cast<std::size_t>(info.st_size), max_bytes) + 1);
  std::size_t size = 0;
  while (true) {
    if (size > max_bytes)
      return fail(ErrorKind::exhausted, path + " is larger than " + std::to_string(max_bytes) + " bytes");
    if (size == out.size()) out.resize(size + std::min(kLeastStep, max_bytes - size + 1));
    const ssize_t got = ::read(fd.get(), out.data() + size, out.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("read", path);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  out.resize(size);
  return out;
}

}  // namespace

Result<std::string> read_text(const std::string& path, std::size_t max_bytes) {
  return read_whole<std::string>(path, max_bytes);
}

Result<Bytes> read_file(const std::string& path, std::size_t max_bytes) {
  return read_whole<Bytes>(path, max_bytes);
}

Status write_file_atomically(const std::string& path, BytesView bytes, unsigned mode) {
  const std::string temporary = path + "." + random_id("new");
  const Fd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return io_error("create", temporary);
  Status done = write_and_sync(fd.get(), bytes, temporary, mode);
  if (done && ::rename(temporary.c_str(), path.c_str()) != 0) done = io_error("replace", path);
  if (!done) {
    ::unlink(temporary.c_str());
    return done;
  }
  return sync_path(folder_of(path), O_DIRECTORY);
}

}  // namespace quietus
