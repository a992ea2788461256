// quietus-kms backup restore: the copy that is examined is the copy that is put in place.
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "kms/backup.hpp"
#include "kms/store/lock.hpp"

namespace quietus::kms {
namespace {

Status copy_bytes(int from, int to, const std::string& path) {
  std::array<std::uint8_t, 1 << 16> chunk{};
  for (;;) {
    const ssize_t got = ::read(from, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("read", path);
    if (got == 0) break;
    QUIETUS_CHECK(write_all(to, BytesView(chunk).first(static_cast<std::size_t>(got)), path));
  }
  if (::fsync(to) != 0) return io_error("sync", path);
  return {};
}

/// A copy of the snapshot beside the database; gone with this object unless it was put in place.
class Candidate {
 public:
  static Result<Candidate> make(const std::string& from, const std::string& beside) {
    const Fd source(::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!source) return io_error("open", from);
    Candidate made(beside + ".restoring");
    ::unlink(made.path_.c_str());  // of a restore that died; we hold the lock
    const Fd file(::open(made.path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file) return io_error("make", made.path_);
    QUIETUS_CHECK(copy_bytes(source.get(), file.get(), made.path_));
    return made;
  }
  Candidate(Candidate&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  Candidate& operator=(Candidate&&) = delete;
  ~Candidate() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  [[nodiscard]] const std::string& path() const { return path_; }
  Status put_in_place(const std::string& database) {
    if (::rename(path_.c_str(), database.c_str()) != 0) return io_error("put in place", database);
    path_.clear();
    return {};
  }

 private:
  explicit Candidate(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

Status check_standing(const Examined& examined) {
  const auto text = [](std::uint64_t number) { return std::to_string(number); };
  if (examined.standing == Standing::foreign)
    return fail(ErrorKind::conflict, "the backup is of another appliance, or its ledger was rewritten",
                "restore a backup that `quietus backup check` finds to be this appliance's");
  if (examined.standing == Standing::unknown)
    return fail(ErrorKind::conflict, "the token remembers no checkpoint: nothing tells how old the backup is",
                "find out who removed it; if no newer backup exists, put its database in place by hand");
  if (examined.standing == Standing::newest) return {};
  return fail(ErrorKind::conflict,
              "the backup is stale: it has " + text(examined.manifest.ledger_size) +
                  " entries, the token remembers " + text(examined.remembered),
              "restore a newer backup; kms would refuse to serve this one");
}

Status check_keys(const Examined& examined, bool accept_lost) {
  if (accept_lost || all_open(examined.answers)) return {};
  return fail(ErrorKind::conflict, "keys that the backup knows do not open any more",
              "see which with `quietus backup check`; restore a newer backup, or say --accept-lost");
}

/// What was committed since the token's last checkpoint would be lost without a word.
Status check_in_place(const std::string& database, const Examined& examined) {
  const auto entries = store::entries_of(database);
  if (!entries || *entries <= examined.manifest.ledger_size) return {};
  return fail(ErrorKind::conflict,
              "the database in place is newer: it has " + std::to_string(*entries) + " entries, the backup " +
                  std::to_string(examined.manifest.ledger_size),
              "keep it; if it is damaged, move " + database + " away and restore again");
}

Result<bool> move_away(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno == ENOENT) return false;
  return io_error("keep", from);
}

/// Database first: a death in between leaves none, which kms refuses to serve in the place of what the token
/// remembers. A write-ahead log must never stay behind for a database that is not its own.
Result<bool> keep_old(const std::string& database, const std::string& kept) {
  QUIETUS_TRY(there, move_away(database, kept));
  for (const char* suffix : {"-wal", "-shm"}) QUIETUS_CHECK(move_away(database + suffix, kept + suffix));
  return there;
}

Status sync_state(const std::string& folder) {
  const Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) return io_error("sync", folder);
  return {};
}

}  // namespace

Result<Restored> restore_backup(const Settings& settings, const std::string& from, bool accept_lost) {
  const std::string database = settings.state_dir + "/" + kDatabaseFile;
  const auto lock = store::lock_ledger(database);
  if (!lock) return std::unexpected(lock.error());
  QUIETUS_TRY(candidate, Candidate::make(from + "/" + kDatabaseFile, database));
  QUIETUS_TRY(examined, examine(settings, from, candidate.path()));
  QUIETUS_CHECK(check_standing(examined));
  QUIETUS_CHECK(check_keys(examined, accept_lost));
  QUIETUS_CHECK(check_in_place(database, examined));
  const std::string kept = database + ".before-restore-" + rfc3339(system_now());
  QUIETUS_TRY(there, keep_old(database, kept));
  QUIETUS_CHECK(candidate.put_in_place(database));
  QUIETUS_CHECK(sync_state(settings.state_dir));
  return Restored{std::move(examined), there ? kept : std::string()};
}

}  // namespace quietus::kms
