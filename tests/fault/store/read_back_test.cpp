// A row that was read back rests on nothing that a power cut could take: it is in the database proper, and
// synced.
#include <catch2/catch.hpp>
#include <filesystem>

#include "kms/store/sqlite_store.hpp"
#include "tests/support/power_loss_vfs.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace quietus;
using namespace quietus::store;
using namespace quietus::test;

namespace {

constexpr int kRounds = 3, kPages = 10;

const StoreOptions kThroughSwitch{.reserve_bytes = 0, .busy_timeout_ms = 100, .vfs = PowerLossVfs::name()};

Bytes page_of(int round) { return Bytes(1000, static_cast<std::uint8_t>(round)); }

Batch pages_of(int round) {
  Batch batch;
  for (int i = 0; i < kPages; ++i)
    batch.rows.push_back({"record_pages", "page " + std::to_string(i), page_of(round)});
  batch.rows.push_back({"record_tables", "table", page_of(round)});
  return batch;
}

bool shows(DurableRows& durable, int round) {
  const auto top = durable.row("record_tables", "table");
  if (!top || *top != page_of(round)) return false;
  for (int i = 0; i < kPages; ++i) {
    const auto page = durable.row("record_pages", "page " + std::to_string(i));
    if (!page || *page != page_of(round)) return false;
  }
  return true;
}

/// Writes one version over the other until something fails; the last one that was read back whole.
int read_back_until_cut(const std::string& path) {
  const auto store = SqliteStore::open(path, kThroughSwitch);
  int shown = 0;
  for (int round = 1; store && round <= kRounds; ++round) {
    if (!(*store)->append(pages_of(round))) break;
    const auto durable = (*store)->read_back();
    if (!durable || !shows(**durable, round)) break;
    shown = round;
  }
  return shown;
}

void check_survivor(const std::string& path, int shown) {
  if (shown == 0) return;
  const auto store = SqliteStore::open(path, kThroughSwitch);
  INFO((store ? "" : store.error().message));
  REQUIRE(store);
  const auto durable = (*store)->read_back().value();
  CHECK((shows(*durable, shown) || shows(*durable, shown + 1)));
}

std::uint64_t writes_of_all_rounds() {
  PowerLossVfs power;
  ScratchFolder folder;
  REQUIRE(read_back_until_cut(folder.file("ledger.db")) == kRounds);
  return power.writes();
}

}  // namespace

TEST_CASE("rows that were read back survive a power cut at every later write") {
  const std::uint64_t writes = writes_of_all_rounds();
  REQUIRE(writes > 2 * kRounds);
  for (const Kept kept : {Kept::nothing, Kept::everything, Kept::every_second}) {
    for (std::uint64_t cut = 1; cut <= writes; ++cut) {
      PowerLossVfs power;
      ScratchFolder folder;
      const std::string path = folder.file("ledger.db");
      power.cut_at_write(cut);
      const int shown = read_back_until_cut(path);
      REQUIRE(power.is_cut());
      power.leave(kept);
      std::filesystem::remove(path + "-shm");
      INFO("power cut at write " << cut << " of " << writes << ", kept " << static_cast<int>(kept)
                                 << ", shown " << shown);
      check_survivor(path, shown);
    }
  }
}

TEST_CASE("rows that were read back need no write-ahead log any more") {
  PowerLossVfs power;
  ScratchFolder folder;
  const std::string path = folder.file("ledger.db");
  {
    const auto store = SqliteStore::open(path, kThroughSwitch).value();
    REQUIRE(store->append(pages_of(1)));
    REQUIRE(shows(*store->read_back().value(), 1));
    power.cut_at_write(1);  // closing must not be what moves the log into the database
  }
  power.leave(Kept::nothing);
  std::filesystem::remove(path + "-shm");
  std::filesystem::remove(path + "-wal");
  check_survivor(path, 1);
}

TEST_CASE("after a sync that failed nothing is read back or appended, until the store is opened again") {
  for (const bool in_append : {true, false}) {
    CAPTURE(in_append);
    PowerLossVfs power;
    ScratchFolder folder;
    const std::string path = folder.file("ledger.db");
    {
      const auto store = SqliteStore::open(path, kThroughSwitch).value();
      REQUIRE(store->append(pages_of(1)));
      REQUIRE(shows(*store->read_back().value(), 1));
      if (!in_append) REQUIRE(store->append(pages_of(2)));
      power.fail_sync(1);
      if (in_append) CHECK(store->append(pages_of(2)).error().kind == ErrorKind::io);
      if (!in_append) CHECK(store->read_back().error().kind == ErrorKind::io);
      for (int again = 0; again < 2; ++again) {  // the kernel would say yes now
        const auto durable = store->read_back();
        REQUIRE_FALSE(durable);
        CHECK(durable.error().kind == ErrorKind::io);
        CHECK(durable.error().message.find("an earlier sync failed") != std::string::npos);
      }
      CHECK(store->append(pages_of(3)).error().kind == ErrorKind::io);
    }
    power.fail_sync(0);
    const auto reopened = SqliteStore::open(path, kThroughSwitch);
    REQUIRE(reopened);
    CHECK((*reopened)->append(pages_of(4)));
    CHECK(shows(*(*reopened)->read_back().value(), 4));
  }
}
