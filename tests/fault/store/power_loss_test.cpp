// The power goes at every single write of a series of appends. What an append had answered for is there
// afterwards; of the others, all or nothing.
#include <catch2/catch.hpp>
#include <filesystem>

#include "kms/store/sqlite_store.hpp"
#include "tests/support/ledger_entries.hpp"
#include "tests/support/power_loss_vfs.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace quietus;
using namespace quietus::store;
using namespace quietus::test;

namespace {

constexpr std::uint64_t kEach = 3, kBatches = 7, kReopenAfter = 4;

const StoreOptions kThroughSwitch{.reserve_bytes = 0, .busy_timeout_ms = 100, .vfs = PowerLossVfs::name()};

/// Appends until something fails; how many entries were answered for. Closes once on the way, which moves the
/// write-ahead log into the database.
std::uint64_t append_until_cut(const std::string& path) {
  std::uint64_t answered = 0;
  while (answered < kEach * kBatches) {
    const auto store = SqliteStore::open(path, kThroughSwitch);
    if (!store) return answered;
    for (std::uint64_t b = 0; b < kReopenAfter && answered < kEach * kBatches; ++b) {
      if (!(*store)->append(batch_from(answered, kEach))) return answered;
      answered += kEach;
    }
  }
  return answered;
}

void check_survivor(const std::string& path, std::uint64_t answered) {
  const auto store = SqliteStore::open(path, kThroughSwitch);
  INFO((store ? "" : store.error().message));
  REQUIRE(store);
  const std::uint64_t size = (*store)->size().value();
  CHECK(size >= answered);
  CHECK(size <= answered + kEach);
  CHECK(size % kEach == 0);
  std::uint64_t next = 0;
  bool whole = true;
  CHECK((*store)->scan(0, [&](const LedgerEntry& entry) -> Status {
    whole = whole && is_entry_number(entry, next++);
    return {};
  }));
  CHECK(whole);
  CHECK(next == size);
  const auto row = (*store)->row("meta", "size").value();
  CHECK(row.value_or(to_bytes("0")) == to_bytes(std::to_string(size)));
  CHECK((*store)->append(batch_from(size, kEach)));
}

std::uint64_t writes_of_a_whole_series() {
  PowerLossVfs power;
  ScratchFolder folder;
  REQUIRE(append_until_cut(folder.file("ledger.db")) == kEach * kBatches);
  return power.writes();
}

}  // namespace

TEST_CASE("every append that was answered for survives a power cut at every write, and none survives half") {
  const std::uint64_t writes = writes_of_a_whole_series();
  REQUIRE(writes > 2 * kBatches);
  CAPTURE(writes);
  for (const Kept kept : {Kept::nothing, Kept::everything, Kept::first_half, Kept::every_second}) {
    for (std::uint64_t cut = 1; cut <= writes; ++cut) {
      PowerLossVfs power;
      ScratchFolder folder;
      const std::string path = folder.file("ledger.db");
      power.cut_at_write(cut);
      const std::uint64_t answered = append_until_cut(path);
      REQUIRE(power.is_cut());
      power.leave(kept);
      std::filesystem::remove(path + "-shm");  // memory, as far as a power cut is concerned
      INFO("power cut at write " << cut << " of " << writes << ", kept " << static_cast<int>(kept)
                                 << ", answered " << answered);
      check_survivor(path, answered);
    }
  }
}
