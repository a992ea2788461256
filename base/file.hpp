// Files that must be whole: descriptors, atomic replacement, directory sync.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "quietus/bytes.hpp"
#include "quietus/result.hpp"

namespace quietus {

/// Owns a file descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd() { reset(); }
  void reset();
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] explicit operator bool() const { return fd_ >= 0; }
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

/// Whole file; `exhausted` beyond max_bytes, `not_found` when absent.
Result<Bytes> read_file(const std::string& path, std::size_t max_bytes = 16 << 20);
Result<std::string> read_text(const std::string& path, std::size_t max_bytes = 16 << 20);
/// Temporary file beside it, fsync, rename, fsync of the directory: old or new, never half.
Status write_file_atomically(const std::string& path, BytesView bytes, unsigned mode = 0644);
/// fsync of every regular file in the folder (one level and the level below) and of the folders: SoftHSM does
/// none.
Status sync_folder(const std::string& path);

/// What one caller has synced and not seen change since. A file counts as unchanged while inode, size and
/// change time are what they were, and only when that time lay well in the past as it was synced: two changes
/// can fall into one tick of the file system's clock.
class SyncedFiles {
 public:
  static constexpr std::int64_t kSettledAfterS = 2;

 private:
  friend class FolderSync;
  struct Stamp {
    std::uint64_t inode = 0, size = 0;
    std::int64_t seconds = 0, nanoseconds = 0;
    bool operator==(const Stamp&) const = default;
  };
  std::map<std::string, Stamp> files_;
};
/// As above, without the files that have not changed since `synced` saw them: even an fsync that has nothing
/// to write makes the disk empty its cache, and a folder may hold thousands. Folders are always synced.
Status sync_folder(const std::string& path, SyncedFiles& synced);
/// All of `bytes`, through short writes and signals. `path` is for the error only.
Status write_all(int fd, BytesView bytes, const std::string& path);
/// "cannot <doing> <path>: <errno text>"; ENOENT is `not_found`, a full disk or table `exhausted`, all else
/// `io`.
std::unexpected<Error> io_error(const std::string& doing, const std::string& path);

}  // namespace quietus
