#include "kms/store/lock.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

namespace quietus::store {

Result<Fd> lock_ledger(const std::string& database) {
  const std::string path = database + ".lock";
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return io_error("opening the lock", path);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return fd;
  if (errno != EWOULDBLOCK) return io_error("locking", path);
  return fail(ErrorKind::unavailable, path + ": another process has this ledger open",
              "end it, then try again");
}

}  // namespace quietus::store
