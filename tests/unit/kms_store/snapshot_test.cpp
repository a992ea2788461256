#include "kms/store/snapshot.hpp"

#include <sys/stat.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <thread>

#include "base/file.hpp"
#include "kms/store/sqlite_store.hpp"
#include "tests/support/ledger_entries.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace quietus;
using namespace quietus::store;
using namespace quietus::test;

namespace {

const StoreOptions kSmall{.reserve_bytes = 0, .busy_timeout_ms = 2000, .vfs = {}};

struct World {
  ScratchFolder folder;
  std::string path = folder.file("ledger.sqlite"), copy = folder.file("copy.sqlite");
  std::unique_ptr<SqliteStore> store;

  explicit World(std::uint64_t entries) {
    auto opened = SqliteStore::open(path, kSmall);
    REQUIRE(opened);
    store = std::move(*opened);
    if (entries > 0) REQUIRE(store->append(batch_from(0, entries)));
  }
};

/// Entries from the first on, and the row that was appended with the last of them.
void check_agrees(Store& copy) {
  const auto size = copy.size();
  REQUIRE(size);
  std::uint64_t next = 0;
  REQUIRE(copy.scan(0, [&](const LedgerEntry& entry) -> Status {
    CHECK(is_entry_number(entry, next++));
    return {};
  }));
  CHECK(next == *size);
  const auto row = copy.row("meta", "size");
  REQUIRE(row);
  REQUIRE(*row);
  CHECK(as_text(**row) == std::to_string(*size));
}

}  // namespace

TEST_CASE("a snapshot of a database in use has what was committed, and nothing of later") {
  World world(20);
  REQUIRE(take_snapshot(world.path, world.copy));
  REQUIRE(world.store->append(batch_from(20, 5)));
  const auto copy = Snapshot::open(world.copy);
  REQUIRE(copy);
  CHECK((*copy)->size() == 20U);
  check_agrees(**copy);
  CHECK(entries_of(world.path) == 25U);
}

TEST_CASE("a snapshot is of one moment, however busily the database is written to") {
  World world(1);
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (std::uint64_t at = 1; !stop; ++at)
      if (!world.store->append(batch_from(at, 1))) return;
  });
  for (int i = 0; i < 10; ++i) {
    const std::string path = world.copy + std::to_string(i);
    CHECK(take_snapshot(world.path, path));
    const auto copy = Snapshot::open(path);
    CHECK(copy);
    if (copy) check_agrees(**copy);
  }
  stop = true;
  writer.join();
}

TEST_CASE("a snapshot is for its user alone and never in the place of another file") {
  World world(3);
  REQUIRE(take_snapshot(world.path, world.copy));
  struct stat facts{};
  REQUIRE(::stat(world.copy.c_str(), &facts) == 0);
  CHECK((facts.st_mode & 07777U) == 0600);
  const auto again = take_snapshot(world.path, world.copy);
  REQUIRE_FALSE(again);
  CHECK(again.error().kind == ErrorKind::conflict);
  check_agrees(**Snapshot::open(world.copy));
}

TEST_CASE("reading a snapshot changes nothing and makes nothing beside it") {
  World world(30);
  REQUIRE(take_snapshot(world.path, world.copy));
  const auto before = read_file(world.copy);
  {
    const auto copy = Snapshot::open(world.copy);
    REQUIRE(copy);
    check_agrees(**copy);
    CHECK_FALSE((*copy)->append(batch_from(30, 1)));
    CHECK_FALSE((*copy)->read_back());
    for (const char* suffix : {"-wal", "-shm", "-journal"})
      CHECK_FALSE(std::filesystem::exists(world.copy + suffix));
  }
  const auto after = read_file(world.copy);
  REQUIRE(before);
  REQUIRE(after);
  CHECK(*before == *after);
}

TEST_CASE("no snapshot is taken of what is not there or not ours, and no file is left of the attempt") {
  const ScratchFolder folder;
  const std::string path = folder.file("ledger.sqlite"), copy = folder.file("copy.sqlite");
  CHECK_FALSE(take_snapshot(path, copy));
  REQUIRE(write_file_atomically(path, as_bytes("this is no database, and long enough to be looked at")));
  CHECK_FALSE(take_snapshot(path, copy));
  CHECK_FALSE(std::filesystem::exists(copy));
  CHECK_FALSE(Snapshot::open(path));
}

TEST_CASE("a snapshot that was cut off is refused when it is read") {
  World world(40);
  REQUIRE(take_snapshot(world.path, world.copy));
  std::filesystem::resize_file(world.copy, std::filesystem::file_size(world.copy) / 2);
  const auto copy = Snapshot::open(world.copy);
  if (copy) CHECK_FALSE((*copy)->scan(0, [](const LedgerEntry&) -> Status { return {}; }));
}

TEST_CASE("names with the letters of a URI are names") {
  World world(2);
  const std::string odd = world.folder.file("50%3fmode=rw?cache=shared#1.sqlite");
  REQUIRE(take_snapshot(world.path, odd));
  const auto copy = Snapshot::open(odd);
  REQUIRE(copy);
  check_agrees(**copy);
}
