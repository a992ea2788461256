// quietus-kms backup create.
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/file.hpp"
#include "governance/pack.hpp"
#include "kms/backup.hpp"

namespace quietus::kms {
namespace {

namespace fs = std::filesystem;

/// Removed with all that is in it, unless it was given its final name.
class HalfMade {
 public:
  explicit HalfMade(std::string folder) : folder_(std::move(folder)) {}
  HalfMade(const HalfMade&) = delete;
  HalfMade& operator=(const HalfMade&) = delete;
  ~HalfMade() {
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
  }
  [[nodiscard]] std::string file(const char* name) const { return folder_ + "/" + name; }
  Status finish(const std::string& name) {
    QUIETUS_CHECK(sync_folder(folder_));
    if (::renameat2(AT_FDCWD, folder_.c_str(), AT_FDCWD, name.c_str(), RENAME_NOREPLACE) != 0)
      return io_error("give its name to", name);
    folder_.clear();
    const std::string parent = fs::path(name).parent_path();
    const Fd fd(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0) return io_error("sync", parent);
    return {};
  }

 private:
  std::string folder_;
};

Result<Manifest> describe(const std::string& database) {
  QUIETUS_TRY(folded, fold_snapshot(database));
  QUIETUS_TRY(digest, digest_of_file(database));
  const TreeHead head = folded.ledger->head();
  return Manifest{system_now(), head.size, head.root, digest, manifest_keys(folded.keys)};
}

}  // namespace

Result<Folded> fold_snapshot(const std::string& path) {
  Folded folded;
  QUIETUS_TRY(snapshot, store::Snapshot::open(path));
  folded.store = std::move(snapshot);
  Ledger::Settings settings;
  settings.clock = [] { return ClockReading{system_now(), false}; };
  QUIETUS_TRY(ledger, Ledger::open(settings, *folded.store, governance::builtin_0(), std::nullopt));
  folded.ledger = std::move(ledger);
  QUIETUS_TRY(keys, folded.ledger->look(
                        [&](const governance::State& state) { return keys_of(state, *folded.store); }));
  folded.keys = std::move(keys);
  return folded;
}

Result<Digest> digest_of_file(const std::string& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) return io_error("open", path);
  Sha256 digest;
  std::array<std::uint8_t, 1 << 16> chunk{};
  for (;;) {
    const ssize_t got = ::read(fd.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("read", path);
    if (got == 0) return digest.finish();
    digest.update(BytesView(chunk).first(static_cast<std::size_t>(got)));
  }
}

Result<Manifest> create_backup(const Settings& settings, const std::string& out) {
  const std::string name = fs::absolute(out).lexically_normal();
  if (fs::exists(fs::symlink_status(name)))
    return fail(ErrorKind::conflict, name + " is there already", "name a folder that is not there yet");
  const std::string half = name + "." + random_id("half-made");
  if (::mkdir(half.c_str(), 0700) != 0) return io_error("make", half);
  HalfMade folder(half);
  QUIETUS_CHECK(store::take_snapshot(settings.state_dir + "/" + kDatabaseFile, folder.file(kDatabaseFile)));
  QUIETUS_TRY(manifest, describe(folder.file(kDatabaseFile)));
  QUIETUS_CHECK(write_file_atomically(folder.file(kManifestFile), as_bytes(write_manifest(manifest)), 0600));
  QUIETUS_CHECK(folder.finish(name));
  return manifest;
}

}  // namespace quietus::kms
