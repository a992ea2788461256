#include "kms/store/snapshot.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/file.hpp"
#include "base/mutex.hpp"
#include "kms/store/connection.hpp"
#include "kms/store/rows.hpp"
#include "kms/store/schema.hpp"

namespace quietus::store {

namespace {

constexpr int kBusyTimeoutMs = 5000;

Result<Connection> open_live(const std::string& database) {
  if (::access(database.c_str(), R_OK) != 0) return io_error("read", database);
  QUIETUS_TRY(live, Connection::open(database, Connection::Access::read_only, kBusyTimeoutMs, {}));
  QUIETUS_CHECK(live.execute("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;"));
  QUIETUS_CHECK(check_schema(live));
  return std::move(live);
}

Status copy_into(const std::string& database, const std::string& to) {
  QUIETUS_TRY(live, open_live(database));
  QUIETUS_TRY(vacuum, live.prepare("VACUUM INTO ?1"));
  QUIETUS_CHECK(vacuum.bind(1, std::string_view(to)));
  return vacuum.run();
}

std::unexpected<Error> only_reads() {
  return fail(ErrorKind::conflict, "a snapshot of the database is not written to");
}

}  // namespace

Status take_snapshot(const std::string& database, const std::string& to) {
  // SQLite writes into an empty file that is there: so nobody else ever sees it with another mode.
  const Fd file(::open(to.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file && errno == EEXIST) return fail(ErrorKind::conflict, to + " is there already");
  if (!file) return io_error("make", to);
  Status done = copy_into(database, to);
  if (done && ::fsync(file.get()) != 0) done = io_error("sync", to);
  if (done) return done;
  for (const char* suffix : {"", "-journal"}) ::unlink((to + suffix).c_str());
  if (done.error().kind == ErrorKind::exhausted) done.error().next_step = "make room, or name another folder";
  return done;
}

Result<std::uint64_t> entries_of(const std::string& database) {
  QUIETUS_TRY(live, open_live(database));
  QUIETUS_TRY(size, live.integer("SELECT ifnull(max(idx) + 1, 0) FROM ledger"));
  return static_cast<std::uint64_t>(size);
}

struct Snapshot::Impl {
  explicit Impl(Connection reading) : connection(std::move(reading)) {}
  Mutex mutex;
  Connection connection QUIETUS_GUARDED_BY(mutex);
  Rows rows QUIETUS_GUARDED_BY(mutex){connection};
};

Snapshot::Snapshot(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Snapshot::~Snapshot() = default;

Result<std::unique_ptr<Snapshot>> Snapshot::open(const std::string& path) {
  if (::access(path.c_str(), R_OK) != 0) return io_error("read", path);
  QUIETUS_TRY(connection, Connection::open(path, Connection::Access::snapshot, kBusyTimeoutMs, {}));
  QUIETUS_CHECK(
      connection.execute("PRAGMA trusted_schema=OFF; PRAGMA query_only=ON; PRAGMA cell_size_check=ON;"));
  QUIETUS_CHECK(check_schema(connection));
  return std::unique_ptr<Snapshot>(new Snapshot(std::make_unique<Impl>(std::move(connection))));
}

Status Snapshot::append(const Batch&) { return only_reads(); }

Result<std::uint64_t> Snapshot::size() {
  MutexLock guard(impl_->mutex);
  QUIETUS_TRY(size, impl_->connection.integer("SELECT ifnull(max(idx) + 1, 0) FROM ledger"));
  return static_cast<std::uint64_t>(size);
}

Status Snapshot::scan(std::uint64_t from, const std::function<Status(const LedgerEntry&)>& visit) {
  QUIETUS_TRY(end, size());
  for (; from < end; ++from) {
    QUIETUS_TRY(found, entry(from));
    if (!found) return fail(ErrorKind::corrupt, "the ledger has no entry " + std::to_string(from));
    QUIETUS_CHECK(visit(*found));
  }
  return {};
}

Result<std::optional<LedgerEntry>> Snapshot::entry(std::uint64_t index) {
  MutexLock guard(impl_->mutex);
  QUIETUS_TRY(select, impl_->connection.prepare("SELECT leaf, salt, body FROM ledger WHERE idx = ?1"));
  QUIETUS_CHECK(select.bind(1, static_cast<std::int64_t>(index)));
  QUIETUS_TRY(row, select.step());
  if (!row) return std::nullopt;
  return LedgerEntry{.index = index, .leaf = select.blob(0), .salt = select.blob(1), .body = select.blob(2)};
}

Result<std::optional<Bytes>> Snapshot::row(const std::string& table, const std::string& key) {
  MutexLock guard(impl_->mutex);
  return impl_->rows.get(table, key);
}

Status Snapshot::scan_prefix(const std::string& table, const std::string& prefix,
                             const std::function<Status(const std::string& key, BytesView value)>& visit) {
  const auto page_from = [&](const std::string& from, bool after) {
    MutexLock guard(impl_->mutex);
    return impl_->rows.from(table, prefix, from, after, kPageRows);
  };
  std::string from = prefix;
  for (bool after = false;; after = true) {
    QUIETUS_TRY(page, page_from(from, after));
    for (const auto& [key, value] : page) QUIETUS_CHECK(visit(key, value));
    if (std::ssize(page) < kPageRows) return {};
    from = page.back().first;
  }
}

Result<std::unique_ptr<DurableRows>> Snapshot::read_back() { return only_reads(); }

}  // namespace quietus::store
