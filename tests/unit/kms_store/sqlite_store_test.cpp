#include "kms/store/sqlite_store.hpp"

#include <sqlite3.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "base/file.hpp"
#include "tests/support/ledger_entries.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace quietus;
using namespace quietus::store;
using namespace quietus::test;

namespace {

const StoreOptions kSqliteStoreSmall{.reserve_bytes = 64 << 10, .busy_timeout_ms = 200, .vfs = {}};

/// Does to a closed database what our code never would.
void tamper(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  char* message = nullptr;
  const int code = sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &message);
  INFO((message == nullptr ? "" : message));
  CHECK(code == SQLITE_OK);
  sqlite3_free(message);
  sqlite3_close(db);
}

std::string ask(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK);
  std::string answer;
  const auto keep = [](void* out, int, char** values, char**) {
    *static_cast<std::string*>(out) = values[0] == nullptr ? "" : values[0];
    return 0;
  };
  if (sqlite3_exec(db, sql.c_str(), keep, &answer, nullptr) != SQLITE_OK) answer = "refused";
  sqlite3_close(db);
  return answer;
}

std::uint64_t blocks_of(const std::string& path) {
  struct stat facts{};
  return ::stat(path.c_str(), &facts) == 0 ? static_cast<std::uint64_t>(facts.st_blocks) * 512 : 0;
}

ErrorKind kind_of_open(const std::string& path) {
  const auto opened = SqliteStore::open(path, kSqliteStoreSmall);
  REQUIRE_FALSE(opened);
  return opened.error().kind;
}

bool on_disk(const std::string& path, const std::string& words) {
  const auto bytes = read_file(path);
  return bytes && as_text(*bytes).find(words) != std::string_view::npos;
}

}  // namespace

TEST_CASE("what was appended is there after the store is opened again") {
  ScratchFolder folder;
  const std::string path = folder.file("ledger.db");
  for (std::uint64_t round = 0; round < 4; ++round) {
    auto store = SqliteStore::open(path, kSqliteStoreSmall).value();
    CHECK(store->size().value() == round * 10);
    REQUIRE(store->append(batch_from(round * 10, 10)));
    CHECK(is_entry_number(*store->entry(round * 10).value(), round * 10));
  }
  CHECK(ask(path, "PRAGMA journal_mode") == "wal");
  CHECK(ask(path, "PRAGMA application_id") == std::to_string(0x51756965));
  CHECK(ask(path, "PRAGMA user_version") == "2");
}

TEST_CASE("a database of the first version is brought to today's, and keeps its rows") {
  ScratchFolder folder;
  const std::string path = folder.file("ledger.db");
  {
    auto store = SqliteStore::open(path, kSqliteStoreSmall).value();
    Batch batch = batch_from(0, 5);
    batch.rows.push_back({"record_tables", "t", to_bytes("head")});
    REQUIRE(store->append(batch));
  }
  tamper(path,
         "DROP TABLE record_pages; PRAGMA user_version = 1;"
         "INSERT INTO operational VALUES ('record_pages', 't/0000a', x'0102'), ('record_pages', 't/0001b', "
         "x'03')");
  auto store = SqliteStore::open(path, kSqliteStoreSmall).value();
  CHECK(ask(path, "PRAGMA user_version") == "2");
  CHECK(ask(path, "SELECT count(*) FROM operational WHERE table_name = 'record_pages'") == "0");
  CHECK(store->row("record_pages", "t/0000a").value() == Bytes{1, 2});
  CHECK(store->row("record_pages", "t/0001b").value() == Bytes{3});
  CHECK(store->row("record_tables", "t").value() == to_bytes("head"));
  CHECK(store->size().value() == 5);
}

TEST_CASE("the database itself refuses to lose an entry or to change a leaf") {
  ScratchFolder folder;
  const std::string path = folder.file("ledger.db");
  REQUIRE(SqliteStore::open(path, kSqliteStoreSmall).value()->append(batch_from(0, 5)));
  CHECK(ask(path, "DELETE FROM ledger WHERE idx = 4") == "refused");
  CHECK(ask(path, "UPDATE ledger SET leaf = x'00'") == "refused");
  CHECK(ask(path, "UPDATE ledger SET idx = 9 WHERE idx = 4") == "refused");
  CHECK(SqliteStore::open(path, kSqliteStoreSmall).value()->size().value() == 5);
}

TEST_CASE("a ledger with a hole in it is not opened") {
  ScratchFolder folder;
  const std::string path = folder.file("ledger.db");
  REQUIRE(SqliteStore::open(path, kSqliteStoreSmall).value()->append(batch_from(0, 5)));
  tamper(path, "DROP TRIGGER ledger_keeps_entries; DELETE FROM ledger WHERE idx = 2");
  CHECK(kind_of_open(path) == ErrorKind::corrupt);
}

TEST_CASE("files that are not ours, newer than us, or damaged are not opened") {
  ScratchFolder folder;
  tamper(folder.file("other.db"), "CREATE TABLE t(x); PRAGMA application_id = 7");
  CHECK(kind_of_open(folder.file("other.db")) == ErrorKind::corrupt);
  tamper(folder.file("unmarked.db"), "CREATE TABLE t(x)");
  CHECK(kind_of_open(folder.file("unmarked.db")) == ErrorKind::corrupt);

  const std::string newer = folder.file("newer.db");
  REQUIRE(SqliteStore::open(newer, kSqliteStoreSmall).value()->append(batch_from(0, 1)));
  tamper(newer, "PRAGMA user_version = 99");
  CHECK(kind_of_open(newer) == ErrorKind::corrupt);

  std::ofstream(folder.file("text.db")) << std::string(8192, 'x');
  CHECK(kind_of_open(folder.file("text.db")) == ErrorKind::corrupt);
  CHECK(kind_of_open(folder.file("no/such/folder/ledger.db")) == ErrorKind::not_found);
}

TEST_CASE("a damaged page gives `corrupt`, never other people's entries") {
  ScratchFolder folder;
  const std::string path = folder.file("ledger.db");
  REQUIRE(SqliteStore::open(path, kSqliteStoreSmall).value()->append(batch_from(0, 200)));
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(0, std::ios::end);
    const auto size = file.tellg();
    for (std::streamoff at = 4096 * 3; at < size; at += 4096) {
      file.seekp(at);
      file.write("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 16);
    }
  }
  const auto store = SqliteStore::open(path, kSqliteStoreSmall);
  if (store) {
    std::uint64_t next = 0;
    const Status scanned = (*store)->scan(0, [&](const LedgerEntry& entry) -> Status {
      CHECK(is_entry_number(entry, next++));
      return {};
    });
    REQUIRE_FALSE(scanned);
    CHECK(scanned.error().kind == ErrorKind::corrupt);
  } else {
    CHECK(store.error().kind == ErrorKind::corrupt);
  }
}

TEST_CASE("a second process cannot have the same ledger") {
  ScratchFolder folder;
  const auto first = SqliteStore::open(folder.file("ledger.db"), kSqliteStoreSmall).value();
  CHECK(kind_of_open(folder.file("ledger.db")) == ErrorKind::unavailable);
}

TEST_CASE("a foreign lock on the database is `unavailable`, and nothing is lost") {
  ScratchFolder folder;
  const std::string path = folder.file("ledger.db");
  const auto store = SqliteStore::open(path, kSqliteStoreSmall).value();
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  REQUIRE(sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
  const Status locked = store->append(batch_from(0, 1));
  REQUIRE_FALSE(locked);
  CHECK(locked.error().kind == ErrorKind::unavailable);
  sqlite3_close(db);
  CHECK(store->append(batch_from(0, 1)));
}

TEST_CASE("a forgotten body is gone from every file of the database, its leaf stays") {
  ScratchFolder folder;
  const std::string path = folder.file("ledger.db");
  const auto store = SqliteStore::open(path, kSqliteStoreSmall).value();
  Batch batch = batch_from(0, 3);
  batch.entries[1].body = to_bytes("olivia was here");
  batch.entries[1].salt = to_bytes("salt that is told to nobody");
  REQUIRE(store->append(batch));
  REQUIRE((on_disk(path, "olivia was here") || on_disk(path + "-wal", "olivia was here")));
  REQUIRE(store->forget_body(1));
  for (const auto* file : {"", "-wal"}) {
    CHECK_FALSE(on_disk(path + file, "olivia was here"));
    CHECK_FALSE(on_disk(path + file, "told to nobody"));
  }
  const auto entry = *store->entry(1).value();
  CHECK(entry.leaf == batch.entries[1].leaf);
  CHECK(entry.body.empty());
  CHECK(entry.salt.empty());
  CHECK(is_entry_number(*store->entry(2).value(), 2));
  CHECK(store->forget_body(3).error().kind == ErrorKind::not_found);
}

TEST_CASE("the reserve takes real blocks, gives them back and takes them again by itself") {
  ScratchFolder folder;
  const std::string reserve = folder.file("ledger.reserve");
  const auto store = SqliteStore::open(folder.file("ledger.db"), kSqliteStoreSmall).value();
  CHECK(store->reserve_held());
  CHECK(blocks_of(reserve) >= kSqliteStoreSmall.reserve_bytes);
  REQUIRE(store->release_reserve());
  CHECK_FALSE(store->reserve_held());
  CHECK(blocks_of(reserve) == 0);
  REQUIRE(store->append(batch_from(0, 1)));  // there is room in this folder
  CHECK(store->reserve_held());
  CHECK(blocks_of(reserve) >= kSqliteStoreSmall.reserve_bytes);
}
