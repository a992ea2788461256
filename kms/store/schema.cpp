#include "kms/store/schema.hpp"

#include <algorithm>
#include <array>

namespace quietus::store {

namespace {

/// Step n brings a database of user_version n to n+1. A published step is never changed.
constexpr std::array<std::string_view, 2> kSteps = {
    R"sql(
      CREATE TABLE ledger(
        idx  INTEGER PRIMARY KEY CHECK (idx >= 0),
        leaf BLOB NOT NULL,
        salt BLOB NOT NULL,
        body BLOB NOT NULL
      ) STRICT;
      CREATE TRIGGER ledger_keeps_entries BEFORE DELETE ON ledger
        BEGIN SELECT RAISE(ABORT, 'an entry of the ledger is never removed'); END;
      CREATE TRIGGER ledger_keeps_leaves BEFORE UPDATE OF idx, leaf ON ledger
        BEGIN SELECT RAISE(ABORT, 'a leaf of the ledger is never changed'); END;
      CREATE TABLE operational(
        table_name TEXT NOT NULL,
        key        TEXT NOT NULL,
        value      BLOB NOT NULL,
        PRIMARY KEY (table_name, key)
      ) STRICT;
    )sql",
    // Pages of record tables come by tens of thousands: a table of their own saves them the name in every
    // key. Three of them fill a page of a table with rowids; without them a row of this size would spill.
    R"sql(
      CREATE TABLE record_pages(
        key   TEXT NOT NULL PRIMARY KEY,
        value BLOB NOT NULL
      ) STRICT;
      INSERT INTO record_pages(key, value)
        SELECT key, value FROM operational WHERE table_name = 'record_pages';
      DELETE FROM operational WHERE table_name = 'record_pages';
    )sql",
};

constexpr std::array<std::string_view, 13> kTables = {
    "jobs",   "certificates",  "idempotency",  "keys",     "progress",   "meta", "keyrings",
    "epochs", "record_tables", "record_pages", "receipts", "heartbeats", "tiles"};

Status set_pragmas(Connection& connection) {
  QUIETUS_TRY(mode, connection.text("PRAGMA journal_mode=WAL"));
  if (mode != "wal") return fail(ErrorKind::io, "the database cannot use a write-ahead log here");
  QUIETUS_CHECK(
      connection.execute("PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA "
                         "cell_size_check=ON;"));
  QUIETUS_TRY(overwrites, connection.integer("PRAGMA secure_delete=ON"));
  QUIETUS_TRY(sync, connection.integer("PRAGMA synchronous"));
  constexpr std::int64_t kFull = 2;
  if (overwrites != 1 || sync != kFull)
    return fail(ErrorKind::internal, "the database did not take its settings");
  return {};
}

Status take_step(Connection& connection, std::int64_t version) {
  const auto index = static_cast<std::size_t>(version);
  QUIETUS_CHECK(connection.execute("BEGIN IMMEDIATE"));
  const Status done =
      connection.execute(std::string(kSteps[index]) + "PRAGMA user_version=" + std::to_string(version + 1) +
                         "; PRAGMA application_id=" + std::to_string(kApplicationId) + "; COMMIT");
  if (!done && connection.in_transaction()) {
    if (const Status undone = connection.execute("ROLLBACK"); !undone) return undone;
  }
  return done;
}

}  // namespace

bool has_own_table(std::string_view table) { return table == "record_pages"; }

bool known_table(std::string_view table) { return std::ranges::find(kTables, table) != kTables.end(); }

Status check_schema(Connection& connection) {
  QUIETUS_TRY(id, connection.integer("PRAGMA application_id"));
  if (id != kApplicationId) return fail(ErrorKind::corrupt, "the file is not a Quietus database");
  QUIETUS_TRY(version, connection.integer("PRAGMA user_version"));
  if (version == std::ssize(kSteps)) return {};
  return fail(ErrorKind::corrupt,
              "the database has version " + std::to_string(version) + ", this software has " +
                  std::to_string(kSteps.size()),
              "use the software that wrote it");
}

Status prepare_schema(Connection& connection) {
  QUIETUS_TRY(id, connection.integer("PRAGMA application_id"));
  QUIETUS_TRY(version, connection.integer("PRAGMA user_version"));
  QUIETUS_TRY(tables, connection.integer("SELECT count(*) FROM sqlite_schema"));
  const bool fresh = id == 0 && version == 0 && tables == 0;
  if (!fresh && id != kApplicationId) return fail(ErrorKind::corrupt, "the file is not a Quietus database");
  if (version > std::ssize(kSteps) || version < (fresh ? 0 : 1)) {
    return fail(ErrorKind::corrupt,
                "the database has version " + std::to_string(version) + ", this software knows " +
                    std::to_string(kSteps.size()),
                "start the newer software again");
  }
  QUIETUS_CHECK(set_pragmas(connection));
  for (std::int64_t at = version; at < std::ssize(kSteps); ++at) QUIETUS_CHECK(take_step(connection, at));
  return {};
}

}  // namespace quietus::store
