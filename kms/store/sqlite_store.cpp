#include "kms/store/sqlite_store.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "base/file.hpp"
#include "base/mutex.hpp"
#include "kms/store/connection.hpp"
#include "kms/store/lock.hpp"
#include "kms/store/reserve.hpp"
#include "kms/store/rows.hpp"
#include "kms/store/schema.hpp"

namespace quietus::store {

namespace {

constexpr std::size_t kMaxKeyBytes = 256;
constexpr std::size_t kMaxValueBytes = 64 << 20;
constexpr std::size_t kMaxEntryBytes = 16 << 20;
constexpr std::int64_t kPageEntries = 256;  // read at a time, so that no lock is held while a visitor works

/// SQLite's integers are signed; no ledger gets there.
std::int64_t bounded(std::uint64_t index) {
  constexpr std::uint64_t kLargest = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::min(index, kLargest));
}

Status sync_directory(const std::string& folder) {
  const Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) return io_error("syncing", folder);
  return {};
}

Status check_bounds(const Batch& batch) {
  for (const auto& entry : batch.entries) {
    const std::size_t largest = std::max({entry.leaf.size(), entry.salt.size(), entry.body.size()});
    if (entry.leaf.empty() || largest > kMaxEntryBytes) {
      return fail(ErrorKind::invalid_input, "an entry without a leaf, or beyond its bound");
    }
  }
  for (const auto& row : batch.rows) {
    if (!known_table(row.table))
      return fail(ErrorKind::invalid_input, "the store has no table '" + row.table + "'");
    if (row.key.empty() || row.key.size() > kMaxKeyBytes || row.value.size() > kMaxValueBytes) {
      return fail(ErrorKind::invalid_input, "a row of table '" + row.table + "' is beyond its bounds");
    }
  }
  return {};
}

Result<std::uint64_t> ledger_size(Connection& connection) {
  QUIETUS_TRY(size, connection.integer("SELECT ifnull(max(idx) + 1, 0) FROM ledger"));
  return static_cast<std::uint64_t>(size);
}

Status insert_entries(Connection& connection, const std::vector<LedgerEntry>& entries) {
  if (entries.empty()) return {};
  QUIETUS_TRY(next, ledger_size(connection));
  QUIETUS_TRY(insert, connection.prepare("INSERT INTO ledger(idx, leaf, salt, body) VALUES(?1, ?2, ?3, ?4)"));
  for (const auto& entry : entries) {
    if (entry.index != next) {
      return fail(ErrorKind::conflict, "entry " + std::to_string(entry.index) +
                                           " does not continue a ledger of " + std::to_string(next));
    }
    ++next;
    QUIETUS_CHECK(insert.bind(1, bounded(entry.index)));
    QUIETUS_CHECK(insert.bind(2, BytesView(entry.leaf)));
    QUIETUS_CHECK(insert.bind(3, BytesView(entry.salt)));
    QUIETUS_CHECK(insert.bind(4, BytesView(entry.body)));
    QUIETUS_CHECK(insert.run());
  }
  return {};
}

LedgerEntry entry_of(const Statement& row) {
  return {.index = static_cast<std::uint64_t>(row.integer(0)),
          .leaf = row.blob(1),
          .salt = row.blob(2),
          .body = row.blob(3)};
}

/// A ledger with a hole was not written by us.
Status check_contiguous(Connection& connection) {
  QUIETUS_TRY(size, ledger_size(connection));
  QUIETUS_TRY(count, connection.integer("SELECT count(*) FROM ledger"));
  if (static_cast<std::uint64_t>(count) == size) return {};
  return fail(ErrorKind::corrupt,
              "the ledger has " + std::to_string(count) + " entries up to number " + std::to_string(size),
              "restore the newest backup");
}

Result<Connection> open_reader(const std::string& path, const StoreOptions& options) {
  QUIETUS_TRY(reader,
              Connection::open(path, Connection::Access::read_only, options.busy_timeout_ms, options.vfs));
  QUIETUS_CHECK(
      reader.execute("PRAGMA trusted_schema=OFF; PRAGMA query_only=ON; PRAGMA cell_size_check=ON;"));
  return std::move(reader);
}

class FreshReader : public DurableRows {
 public:
  explicit FreshReader(Connection connection) : connection_(std::move(connection)) {}
  Result<std::optional<Bytes>> row(const std::string& table, const std::string& key) override {
    const MutexLock guard(mutex_);
    return rows_.get(table, key);
  }

 private:
  Mutex mutex_;
  Connection connection_ QUIETUS_GUARDED_BY(mutex_);
  Rows rows_ QUIETUS_GUARDED_BY(mutex_){connection_};
};

}  // namespace

struct SqliteStore::Impl {
  Impl(std::string file, StoreOptions chosen, Fd lock_file, Connection writing, Connection reading,
       Reserve kept)
      : path(std::move(file)),
        options(std::move(chosen)),
        lock(std::move(lock_file)),
        writer(std::move(writing)),
        reader(std::move(reading)),
        reserve(std::move(kept)) {}

  const std::string path;
  const StoreOptions options;
  const Fd lock;  // first in, last out
  Mutex write_mutex, read_mutex;
  Connection writer QUIETUS_GUARDED_BY(write_mutex);
  Connection reader QUIETUS_GUARDED_BY(read_mutex);
  Rows written QUIETUS_GUARDED_BY(write_mutex){writer};
  Rows rows QUIETUS_GUARDED_BY(read_mutex){reader};
  bool broken QUIETUS_GUARDED_BY(write_mutex) = false;
  Reserve reserve;

  /// After a sync that failed the kernel may call pages clean that never reached the disk, and the next sync
  /// succeeds: nothing that is written or read back from then on shows anything.
  Status check_known() QUIETUS_REQUIRES(write_mutex) {
    if (!broken) return {};
    return fail(ErrorKind::io, "an earlier sync failed; what is on the disk is not known",
                "check the disk, then restart kms");
  }

  /// Brings all of the write-ahead log into the database file, synced, and empties it.
  Status cut_log() QUIETUS_EXCLUDES(write_mutex) {
    MutexLock guard(write_mutex);
    QUIETUS_CHECK(check_known());
    const auto busy = writer.integer("PRAGMA wal_checkpoint(TRUNCATE)");
    if (!busy) {
      broken = writer.sync_failed();
      return std::unexpected(busy.error());
    }
    if (*busy == 0) return {};
    return fail(ErrorKind::unavailable, "the write-ahead log is in use and could not be cut", "try again");
  }

  /// Runs `work` in one transaction of the writing connection.
  template <class Work>
  Status transact(Work&& work) QUIETUS_EXCLUDES(write_mutex) {
    MutexLock guard(write_mutex);
    QUIETUS_CHECK(check_known());
    QUIETUS_CHECK(writer.execute("BEGIN IMMEDIATE"));
    Status done = work(writer, written);
    if (done) done = writer.execute("COMMIT");
    if (done) return {};
    broken = writer.sync_failed();
    if (writer.in_transaction() && !writer.execute("ROLLBACK")) broken = true;
    return done;
  }

  Result<std::vector<LedgerEntry>> page(std::uint64_t from) QUIETUS_EXCLUDES(read_mutex) {
    MutexLock guard(read_mutex);
    QUIETUS_TRY(
        select,
        reader.prepare("SELECT idx, leaf, salt, body FROM ledger WHERE idx >= ?1 ORDER BY idx LIMIT ?2"));
    QUIETUS_CHECK(select.bind(1, bounded(from)));
    QUIETUS_CHECK(select.bind(2, kPageEntries));
    std::vector<LedgerEntry> entries;
    for (;;) {
      QUIETUS_TRY(row, select.step());
      if (!row) return entries;
      entries.push_back(entry_of(select));
    }
  }

  Result<std::vector<std::pair<std::string, Bytes>>> rows_page(const std::string& table,
                                                               const std::string& prefix,
                                                               const std::string& from, bool after)
      QUIETUS_EXCLUDES(read_mutex) {
    MutexLock guard(read_mutex);
    return rows.from(table, prefix, from, after, kPageRows);
  }
};

SqliteStore::SqliteStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SqliteStore::~SqliteStore() = default;

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::string& path, const StoreOptions& options) {
  const std::string folder = std::filesystem::absolute(path).parent_path();
  QUIETUS_TRY(lock, lock_ledger(path));
  QUIETUS_TRY(writer,
              Connection::open(path, Connection::Access::read_write, options.busy_timeout_ms, options.vfs));
  QUIETUS_CHECK(prepare_schema(writer));
  QUIETUS_CHECK(check_contiguous(writer));
  QUIETUS_TRY(reader, open_reader(path, options));
  QUIETUS_TRY(reserve, Reserve::open(folder + "/ledger.reserve", options.reserve_bytes));
  QUIETUS_CHECK(sync_directory(folder));
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::make_unique<Impl>(
      path, options, std::move(lock), std::move(writer), std::move(reader), std::move(reserve))));
}

Status SqliteStore::append(const Batch& batch) {
  QUIETUS_CHECK(check_bounds(batch));
  if (batch.entries.empty() && batch.rows.empty()) return {};
  QUIETUS_CHECK(impl_->transact([&](Connection& connection, Rows& rows) -> Status {
    QUIETUS_CHECK(insert_entries(connection, batch.entries));
    return rows.put(batch.rows);
  }));
  impl_->reserve.restore_if_roomy();
  return {};
}

Result<std::uint64_t> SqliteStore::size() {
  MutexLock guard(impl_->read_mutex);
  return ledger_size(impl_->reader);
}

Status SqliteStore::scan(std::uint64_t from, const std::function<Status(const LedgerEntry&)>& visit) {
  for (;;) {
    QUIETUS_TRY(page, impl_->page(from));
    for (const auto& entry : page) {
      if (entry.index != from)
        return fail(ErrorKind::corrupt, "the ledger has no entry " + std::to_string(from));
      QUIETUS_CHECK(visit(entry));
      ++from;
    }
    if (std::ssize(page) < kPageEntries) return {};
  }
}

Result<std::optional<LedgerEntry>> SqliteStore::entry(std::uint64_t index) {
  MutexLock guard(impl_->read_mutex);
  QUIETUS_TRY(select, impl_->reader.prepare("SELECT idx, leaf, salt, body FROM ledger WHERE idx = ?1"));
  QUIETUS_CHECK(select.bind(1, bounded(index)));
  QUIETUS_TRY(row, select.step());
  if (!row) return std::nullopt;
  return entry_of(select);
}

Result<std::optional<Bytes>> SqliteStore::row(const std::string& table, const std::string& key) {
  MutexLock guard(impl_->read_mutex);
  return impl_->rows.get(table, key);
}

Status SqliteStore::scan_prefix(const std::string& table, const std::string& prefix,
                                const std::function<Status(const std::string& key, BytesView value)>& visit) {
  std::string from = prefix;
  for (bool after = false;; after = true) {
    QUIETUS_TRY(page, impl_->rows_page(table, prefix, from, after));
    for (const auto& [key, value] : page) QUIETUS_CHECK(visit(key, value));
    if (std::ssize(page) < kPageRows) return {};
    from = page.back().first;
  }
}

Result<std::unique_ptr<DurableRows>> SqliteStore::read_back() {
  QUIETUS_CHECK(impl_->cut_log());
  QUIETUS_TRY(reader, open_reader(impl_->path, impl_->options));
  auto fresh = std::make_unique<FreshReader>(std::move(reader));
  QUIETUS_CHECK(fresh->row("epochs", ""));  // reads the schema now, not at the caller's first look
  return std::unique_ptr<DurableRows>(std::move(fresh));
}

Status SqliteStore::forget_body(std::uint64_t index) {
  QUIETUS_TRY(found, entry(index));
  if (!found) return fail(ErrorKind::not_found, "the ledger has no entry " + std::to_string(index));
  QUIETUS_CHECK(impl_->transact([&](Connection& connection, Rows&) -> Status {
    QUIETUS_TRY(update, connection.prepare("UPDATE ledger SET salt = x'', body = x'' WHERE idx = ?1"));
    QUIETUS_CHECK(update.bind(1, bounded(index)));
    return update.run();
  }));
  // secure_delete overwrites pages of the database; older pages also lie in the write-ahead log until it is
  // cut.
  return impl_->cut_log();
}

Status SqliteStore::release_reserve() { return impl_->reserve.release(); }
Status SqliteStore::restore_reserve() { return impl_->reserve.restore(); }
bool SqliteStore::reserve_held() const { return impl_->reserve.held(); }

}  // namespace quietus::store
