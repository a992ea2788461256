// A folder and its files made durable. A token with a thousand keys has two thousand files, and each of its
// keys that is made or destroyed is synced: looking at a file that has not changed has to cost next to
// nothing.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <memory>

#include "base/file.hpp"

namespace quietus {
namespace {

constexpr std::size_t kMaxFolderEntries = 1'000'000;

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

Status sync_at(int folder, const char* name, int flags, const std::string& path) {
  const Fd fd(::openat(folder, name, O_RDONLY | O_CLOEXEC | flags));
  if (!fd) return io_error("open", path);
  if (::fsync(fd.get()) != 0) return io_error("sync", path);
  return {};
}

bool is_itself_or_parent(std::string_view name) { return name == "." || name == ".."; }

}  // namespace

/// One walk over a folder.
class FolderSync {
 public:
  explicit FolderSync(SyncedFiles& known) : known_(known) { ::clock_gettime(CLOCK_REALTIME, &begun_); }

  Status run(const std::string& path) {
    QUIETUS_CHECK(level(AT_FDCWD, path.c_str(), path, 1));
    known_ = std::move(settled_);
    return {};
  }

 private:
  /// Files of one folder, then its sub-folders while `levels_below` lasts, then the folder itself. `name` is
  /// relative to the folder that `parent` has open.
  Status level(int parent, const char* name, const std::string& path, int levels_below);
  Status entry(int folder, const char* name, std::string path, int levels_below);
  Status file(int folder, const char* name, std::string path, const struct stat& info);

  SyncedFiles& known_;
  SyncedFiles settled_;  // forgets what was deleted
  timespec begun_{};
};

// The stamp was taken before the sync: what changes in between has another one.
Status FolderSync::file(int folder, const char* name, std::string path, const struct stat& info) {
  const SyncedFiles::Stamp stamp{info.st_ino, static_cast<std::uint64_t>(info.st_size), info.st_ctim.tv_sec,
                                 info.st_ctim.tv_nsec};
  const auto before = known_.files_.find(path);
  const bool unchanged = before != known_.files_.end() && before->second == stamp;
  if (!unchanged) QUIETUS_CHECK(sync_at(folder, name, O_NOFOLLOW | O_NONBLOCK, path));
  if (unchanged || stamp.seconds + SyncedFiles::kSettledAfterS <= begun_.tv_sec)
    settled_.files_.emplace(std::move(path), stamp);
  return {};
}

Status FolderSync::entry(int folder, const char* name, std::string path, int levels_below) {
  struct stat info{};
  if (::fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return {};  // deleted meanwhile: the sync of the folder makes that durable
    return io_error("look at", path);
  }
  Status synced;
  if (S_ISREG(info.st_mode)) synced = file(folder, name, std::move(path), info);
  if (S_ISDIR(info.st_mode) && levels_below > 0) synced = level(folder, name, path, levels_below - 1);
  if (!synced && synced.error().kind == ErrorKind::not_found) return {};
  return synced;
}

Status FolderSync::level(int parent, const char* name, const std::string& path, int levels_below) {
  Fd fd(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return io_error("list", path);
  const int descriptor = fd.get();
  const Folder folder(::fdopendir(descriptor));
  if (!folder) return io_error("list", path);
  static_cast<void>(fd.release());  // the folder's from here on
  errno = 0;
  std::size_t seen = 0;
  while (const dirent* at = ::readdir(folder.get())) {
    if (is_itself_or_parent(at->d_name)) continue;
    if (++seen > kMaxFolderEntries) return fail(ErrorKind::exhausted, "too many files in " + path);
    QUIETUS_CHECK(entry(descriptor, at->d_name, path + "/" + at->d_name, levels_below));
    errno = 0;  // readdir tells its end from its failure by nothing else
  }
  if (errno != 0) return io_error("list", path);
  if (::fsync(descriptor) != 0) return io_error("sync", path);
  return {};
}

Status sync_folder(const std::string& path) {
  SyncedFiles nothing_known;
  return sync_folder(path, nothing_known);
}
Status sync_folder(const std::string& path, SyncedFiles& synced) { return FolderSync(synced).run(path); }

}  // namespace quietus
