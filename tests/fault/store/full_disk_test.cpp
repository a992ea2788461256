#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <fstream>

#include "kms/store/sqlite_store.hpp"
#include "tests/support/ledger_entries.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace quietus;
using namespace quietus::store;
using namespace quietus::test;

namespace {

const StoreOptions kOptions{.reserve_bytes = 512 << 10, .busy_timeout_ms = 1000, .vfs = {}};

/// A file system of a few megabytes of its own, where we may mount one.
class SmallDisk {
 public:
  SmallDisk() : mounted_(::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, "size=3m") == 0) {}
  ~SmallDisk() {
    if (mounted_) ::umount2(folder_.path().c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  [[nodiscard]] bool mounted() const { return mounted_; }
  [[nodiscard]] std::string file(const std::string& name) const { return folder_.file(name); }

 private:
  ScratchFolder folder_;
  bool mounted_;
};

/// Appends until the store says that there is no room; how many entries were answered for.
std::uint64_t fill(Store& store, std::uint64_t size, ErrorKind& ended) {
  for (int i = 0; i < 5000; ++i, size += 4) {
    const Status appended = store.append(batch_from(size, 4));
    if (appended) continue;
    ended = appended.error().kind;
    return size;
  }
  ended = ErrorKind::internal;
  return size;
}

bool holds(Store& store, std::uint64_t size) {
  std::uint64_t next = 0;
  bool whole = true;
  const Status scanned = store.scan(0, [&](const LedgerEntry& entry) -> Status {
    whole = whole && is_entry_number(entry, next++);
    return {};
  });
  return scanned && whole && next == size &&
         store.row("meta", "size").value() == to_bytes(std::to_string(size));
}

}  // namespace

TEST_CASE("a full disk is `exhausted`, loses nothing, and the reserve still takes a freeze") {
  SmallDisk disk;
  if (!disk.mounted()) {
    WARN("skipped: mounting a small tmpfs needs root (" << std::strerror(errno) << ")");
    return;
  }
  const std::string path = disk.file("ledger.db");
  ErrorKind ended{};
  std::uint64_t size = 0;
  {
    const auto store = SqliteStore::open(path, kOptions).value();
    REQUIRE(store->reserve_held());
    size = fill(*store, 0, ended);
    CHECK(ended == ErrorKind::exhausted);
    CHECK(size > 100);
    CHECK(holds(*store, size));

    const Status denied = store->append(batch_from(size, 4));
    REQUIRE_FALSE(denied);
    CHECK(denied.error().kind == ErrorKind::exhausted);
    CHECK_FALSE(denied.error().next_step.empty());

    REQUIRE(store->release_reserve());
    for (int freeze = 0; freeze < 5; ++freeze) {
      REQUIRE(store->append(batch_from(size, 1)));
      ++size;
    }
    CHECK(holds(*store, size));
    CHECK_FALSE(store->reserve_held());
    CHECK(store->restore_reserve().error().kind == ErrorKind::exhausted);
  }
  const auto again = SqliteStore::open(path, kOptions);
  REQUIRE(again);
  CHECK(holds(**again, size));
}

TEST_CASE("a reserve that found no room is taken once there is room again") {
  SmallDisk disk;
  if (!disk.mounted()) {
    WARN("skipped: mounting a small tmpfs needs root (" << std::strerror(errno) << ")");
    return;
  }
  {
    std::ofstream(disk.file("ballast")) << std::string(2800 << 10, 'x');
  }
  const auto store = SqliteStore::open(disk.file("ledger.db"), kOptions);
  REQUIRE(store);
  CHECK_FALSE((*store)->reserve_held());
  std::filesystem::remove(disk.file("ballast"));
  REQUIRE((*store)->append(batch_from(0, 1)));
  CHECK((*store)->reserve_held());
}

TEST_CASE("a limit on the size of files is met like a full disk") {
  ScratchFolder folder;
  const std::string path = folder.file("ledger.db");
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1 << 20, 1 << 20};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) _exit(10);
    const auto store = SqliteStore::open(path, {.reserve_bytes = 0, .busy_timeout_ms = 1000, .vfs = {}});
    if (!store) _exit(11);
    ErrorKind ended{};
    const std::uint64_t size = fill(**store, 0, ended);
    if (ended != ErrorKind::exhausted) _exit(12);
    if (size < 8 || !holds(**store, size)) _exit(13);
    _exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  const auto store = SqliteStore::open(path, kOptions).value();
  CHECK(holds(*store, store->size().value()));
  CHECK(store->append(batch_from(store->size().value(), 4)));
}
