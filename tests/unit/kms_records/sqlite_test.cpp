// The same life over a real database.
#include "kms/store/sqlite_store.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/unit/kms_records/table_world.hpp"

namespace quietus::records {

namespace {

const store::StoreOptions kSmall{.reserve_bytes = 0, .busy_timeout_ms = 1000, .vfs = {}};

}  // namespace

TEST_CASE("a record table lives in a database, through epochs and restarts") {
  test::ScratchFolder folder;
  testing::FakeHsm hsm;
  std::map<std::uint32_t, Bytes> keys;
  std::vector<std::uint32_t> gone;
  for (std::uint32_t round = 0; round < 4; ++round) {
    const auto store = store::SqliteStore::open(folder.file("ledger.db"), kSmall).value();
    const auto table = round == 0 ? new_table(*store, hsm) : reopen(*store, hsm).value();
    CHECK(table->root().epoch == 1 + 2 * round);
    for (const auto& [number, key] : keys) CHECK(key_bytes(*table, number) == key);
    for (const std::uint32_t number : gone) CHECK(refusal(*table, number) == ErrorKind::not_found);
    const std::uint32_t first = table->create(permit_for(Verb::seal), 3000).value().value;
    CHECK(first == 1 + round * 3001);
    for (std::uint32_t number = first; number < first + 3000; number += 97)
      keys[number] = key_bytes(*table, number);
    CHECK(table->create(permit_for(Verb::seal), 1));
    REQUIRE(start_and_give_up(*table, *store, hsm, {first}));
    for (const std::uint32_t number : {first, first + 97}) {
      REQUIRE(take_away(*table, *store, hsm, {number, number + 1}));
      keys.erase(number);
      gone.insert(gone.end(), {number, number + 1});
    }
    CHECK(rows_in(*store).size() == 2 + (round + 1) * 3001 / 256 + 1);
  }
}

}  // namespace quietus::records
