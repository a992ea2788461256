#include "base/private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "base/file.hpp"

namespace quietus {
namespace {

Status check_private(const struct stat& info, const std::string& path) {
  if (!S_ISREG(info.st_mode)) return fail(ErrorKind::invalid_input, path + " is not a regular file");
  const unsigned mode = info.st_mode & 07777U;
  if (mode != 0600 && mode != 0400) {
    return fail(ErrorKind::denied, path + " can be reached by others", "chmod 600 " + path);
  }
  if (info.st_uid != ::geteuid()) {
    return fail(ErrorKind::denied, path + " belongs to another user",
                "chown it to the user that runs this program");
  }
  return {};
}

}  // namespace

Result<SecretBytes> read_private_file(const std::string& path, std::size_t max_bytes) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW));
  if (!fd && errno == ELOOP)
    return fail(ErrorKind::denied, path + " is a symbolic link", "name the file itself");
  if (!fd) return io_error("open", path);
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return io_error("look at", path);
  QUIETUS_CHECK(check_private(info, path));
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size > max_bytes)
    return fail(ErrorKind::exhausted, path + " is larger than " + std::to_string(max_bytes) + " bytes");
  QUIETUS_TRY(secret, SecretBytes::allocate(size));
  for (std::size_t have = 0; have < size;) {
    const ssize_t got = ::read(fd.get(), secret.mutable_view().data() + have, size - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("read", path);
    if (got == 0) return fail(ErrorKind::io, path + " changed while it was read", "try again");
    have += static_cast<std::size_t>(got);
  }
  return std::move(secret);
}

Status create_private_file(const std::string& path, std::span<const std::uint8_t> bytes) {
  const Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd && errno == EEXIST)
    return fail(ErrorKind::conflict, path + " exists already", "choose another path");
  if (!fd) return io_error("create", path);
  Status done = write_all(fd.get(), bytes, path);
  if (done && ::fsync(fd.get()) != 0) done = io_error("sync", path);
  if (!done) {
    ::unlink(path.c_str());
    return done;
  }
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const Fd parent(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!parent || ::fsync(parent.get()) != 0) return io_error("sync the folder of", path);
  return {};
}

}  // namespace quietus
