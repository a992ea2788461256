#include "firmware-agent/guard/guarded_medium.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "firmware-agent/guard/identity.hpp"
#include "firmware-agent/guard/medium_path.hpp"
#include "firmware-agent/guard/returned.hpp"

namespace quietus::agent {
namespace {

constexpr std::size_t kMostCommands = 1024;

std::string outcome(bool good) { return good ? " -> ok" : std::string(" -> ") + strerror(errno); }

std::unexpected<Error> refused(const std::string& path, const std::vector<std::string>& reasons) {
  std::string all;
  for (const auto& reason : reasons) all += (all.empty() ? "" : "; ") + reason;
  return fail(ErrorKind::denied, path + " must not be touched: " + all, "free the medium, then try again");
}

/// Why the exclusive open failed, as far as looking without a claim can tell.
std::unexpected<Error> explain_refusal(const std::string& path, int error, const GuardSettings& settings) {
  std::vector<std::string> reasons;
  if (const auto seen = examine(path, settings)) reasons = seen->reasons;
  if (error == EBUSY) reasons.emplace_back("the kernel says it is in use (O_EXCL: EBUSY)");
  if (error == EACCES || error == EROFS || error == EPERM)
    reasons.emplace_back("it cannot be opened for writing");
  if (reasons.empty() && error == ENOENT) return fail(ErrorKind::not_found, "there is no " + path);
  if (reasons.empty()) return fail(ErrorKind::io, "open " + path + ": " + strerror(error));
  return refused(path, reasons);
}

}  // namespace

void GuardedMedium::note(std::string command) {
  if (commands_.size() < kMostCommands) commands_.push_back(std::move(command));
}

Status GuardedMedium::claim_device(const std::string& path) {
  fd_ = Fd(::open(path.c_str(), O_RDWR | O_EXCL | O_CLOEXEC | O_DIRECT | O_NONBLOCK));
  const int error = errno;
  note("open " + path + " O_RDWR|O_EXCL|O_CLOEXEC|O_DIRECT" + outcome(static_cast<bool>(fd_)));
  if (!fd_) return explain_refusal(path, error, {});
  return {};
}

Status GuardedMedium::claim_image(const std::string& path, const GuardSettings& settings) {
  QUIETUS_TRY(folder, open_image_folder(path, settings.image_dirs));
  const std::string name = image_name(path);
  int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  fd_ = Fd(openat(folder.get(), name.c_str(), flags | O_DIRECT));
  if (!fd_ && errno == EINVAL)
    fd_ = Fd(openat(folder.get(), name.c_str(), flags));  // a file system without it
  const int error = errno;
  note("openat " + path + " O_RDWR|O_CLOEXEC|O_NOFOLLOW" + outcome(static_cast<bool>(fd_)));
  if (!fd_ && error == ELOOP) return fail(ErrorKind::denied, path + " is a symbolic link");
  if (!fd_) return explain_refusal(path, error, settings);
  // A regular file has no O_EXCL: a lock keeps the like of us out, a lease shows that nobody else has it
  // open.
  if (flock(fd_.get(), LOCK_EX | LOCK_NB) != 0) return refused(path, {"another process has locked it"});
  note("flock LOCK_EX -> ok");
  return claim_lease(fd_.get()) ? Status{}
                                : refused(path, {"another process has it open, or that cannot be told"});
}

Status GuardedMedium::identify_first(const std::string& path) {
  auto identity = identify(fd_.get(), path);
  if (!identity) {
    if (identity.error().kind == ErrorKind::not_found) return refused(path, {identity.error().message});
    return std::unexpected(identity.error());
  }
  identity_ = std::move(*identity);
  note("identify: " + std::string(to_string(identity_.kind)) + ", size " +
       std::to_string(identity_.size_bytes) + ", disk sequence " + std::to_string(identity_.disk_sequence) +
       ", backing " + std::to_string(identity_.backing_device) + ":" +
       std::to_string(identity_.backing_inode));
  const auto found = survey(fd_.get(), identity_);
  if (!found.clear()) return refused(path, found.all());
  note("survey: not mounted, no swap, no holder, no alias");
  return {};
}

Result<std::unique_ptr<GuardedMedium>> GuardedMedium::open(const std::string& path,
                                                           const GuardSettings& settings) {
  QUIETUS_TRY(form, form_of(path));
  std::unique_ptr<GuardedMedium> medium(new GuardedMedium);
  QUIETUS_CHECK(form == PathForm::device ? medium->claim_device(path) : medium->claim_image(path, settings));
  QUIETUS_CHECK(medium->identify_first(path));
  const bool image = medium->identity_.kind == MediumKind::disk_image;
  if (image != (form == PathForm::image)) return refused(path, {"it is not what its path says"});
  return medium;
}

Status GuardedMedium::check_unchanged() {
  QUIETUS_TRY(now, identify(fd_.get(), identity_.path));
  if (now != identity_) {
    note("identify again: another medium or another size");
    return fail(ErrorKind::conflict, identity_.path + " is no longer the medium that was opened");
  }
  const auto found = survey(fd_.get(), now);
  if (!found.clear()) return refused(identity_.path, found.all());
  note("identify again: unchanged, disk sequence " + std::to_string(now.disk_sequence));
  return {};
}

Result<Fd> GuardedMedium::open_again(int flags, const char* flags_text) {
  const std::string self = "/proc/self/fd/" + std::to_string(fd_.get());
  Fd again(::open(self.c_str(), flags | O_CLOEXEC | O_DIRECT));
  if (!again && errno == EINVAL) again = Fd(::open(self.c_str(), flags | O_CLOEXEC));
  note(std::string("open again ") + flags_text + outcome(static_cast<bool>(again)));
  if (!again) return io_error("open again", identity_.path);
  return again;
}

Result<Fd> GuardedMedium::lend_writer() { return open_again(O_WRONLY, "O_WRONLY|O_DIRECT"); }
Result<Fd> GuardedMedium::reopen() { return open_again(O_RDWR, "O_RDWR|O_DIRECT"); }
Result<Fd> GuardedMedium::reopen_for_reading() { return open_again(O_RDONLY, "O_RDONLY|O_DIRECT"); }

Status GuardedMedium::check_returned(int borrower_pid) const {
  return agent::check_returned(fd_.get(), identity_, borrower_pid);
}

Status GuardedMedium::settle() {
  const bool synced = fsync(fd_.get()) == 0;
  note("fsync" + outcome(synced));
  if (!synced) return io_error("fsync", identity_.path);
  if (identity_.kind == MediumKind::disk_image) {
    const int failed = posix_fadvise(fd_.get(), 0, 0, POSIX_FADV_DONTNEED);
    note("posix_fadvise POSIX_FADV_DONTNEED -> " + std::to_string(failed));
    return {};
  }
  const bool dropped =
      ioctl(fd_.get(), BLKFLSBUF, 0) == 0;  // needs CAP_SYS_ADMIN; O_DIRECT reads do not rely on it
  note("ioctl BLKFLSBUF" + outcome(dropped));
  return identity_.kind == MediumKind::loop_device ? drop_backing_cache() : Status{};
}

/// A loop reads its file through the page cache of the file system below: what is read back should come from
/// the disk.
Status GuardedMedium::drop_backing_cache() {
  const Fd backing(::open(identity_.backing_path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat about{};
  const bool same = backing && fstat(backing.get(), &about) == 0 && about.st_ino == identity_.backing_inode &&
                    about.st_dev == identity_.backing_device;
  if (!same) {
    note("backing file not reachable by its path: its page cache stays");
    return {};
  }
  const bool synced = fsync(backing.get()) == 0;
  note("fsync of the backing file" + outcome(synced));
  if (!synced) return io_error("fsync", identity_.backing_path);
  const int failed = posix_fadvise(backing.get(), 0, 0, POSIX_FADV_DONTNEED);
  note("posix_fadvise POSIX_FADV_DONTNEED of the backing file -> " + std::to_string(failed));
  return {};
}

Result<Examination> examine(const std::string& path, const GuardSettings& settings) {
  QUIETUS_TRY(form, form_of(path));
  Fd folder;
  if (form == PathForm::image) {
    auto opened = open_image_folder(path, settings.image_dirs);
    if (!opened) return std::unexpected(opened.error());
    folder = std::move(*opened);
  }
  const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  const Fd fd(form == PathForm::image ? openat(folder.get(), image_name(path).c_str(), flags | O_NOFOLLOW)
                                      : ::open(path.c_str(), flags));
  if (!fd) return io_error("open", path);
  QUIETUS_TRY(identity, identify(fd.get(), path));
  return Examination{identity, survey(fd.get(), identity).all()};
}

}  // namespace quietus::agent
