#include "kms/store/connection.hpp"

#include <sqlite3.h>

#include <cerrno>

namespace quietus::store {

namespace {

/// A write that fails has met a full disk, a quota or a limit far more often than a broken disk, and either
/// way the operator has to look at the room first.
bool no_room(int extended, int system_error) {
  if ((extended & 0xff) == SQLITE_FULL) return true;
  if ((extended & 0xff) != SQLITE_IOERR) return false;
  if (system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG) return true;
  return extended == SQLITE_IOERR_WRITE || extended == SQLITE_IOERR_SHMSIZE;
}

ErrorKind kind_of(int extended, int system_error) {
  if (no_room(extended, system_error)) return ErrorKind::exhausted;
  switch (extended & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_SCHEMA:
      return ErrorKind::corrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return ErrorKind::unavailable;
    case SQLITE_CONSTRAINT:
      return ErrorKind::conflict;
    case SQLITE_TOOBIG:
      return ErrorKind::exhausted;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return ErrorKind::io;
    default:
      return ErrorKind::internal;
  }
}

std::string next_step(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::exhausted:
      return "make room on the ledger's file system; freezing and suspending still work from the reserve";
    case ErrorKind::corrupt:
      return "stop kms and restore the newest backup; one older than the token's checkpoint is refused";
    case ErrorKind::unavailable:
      return "another process has the database open; end it, then try again";
    case ErrorKind::io:
      return "check the disk, the folder and its permissions";
    default:
      return {};
  }
}

/// URI filename (https://www.sqlite.org/uri.html).
std::string immutable_uri(const std::string& path) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string uri = "file:";
  for (const char c : path) {
    const bool reserved = c == '%' || c == '?' || c == '#';
    if (!reserved) uri += c;
    if (reserved) (uri += '%') += {kDigits[static_cast<unsigned char>(c) >> 4], kDigits[c & 15]};
  }
  return uri + "?immutable=1";
}

int mode_of(Connection::Access access) {
  switch (access) {
    case Connection::Access::read_write:
      return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    case Connection::Access::snapshot:
      return SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
    case Connection::Access::read_only:
      break;
  }
  return SQLITE_OPEN_READONLY;
}

}  // namespace

void Connection::Close::operator()(sqlite3* db) const { sqlite3_close_v2(db); }
void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Result<Connection> Connection::open(const std::string& path, Access access, int busy_timeout_ms,
                                    const std::string& vfs) {
  const std::string name = access == Access::snapshot ? immutable_uri(path) : path;
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &raw, mode_of(access) | SQLITE_OPEN_NOMUTEX,
                                   vfs.empty() ? nullptr : vfs.c_str());
  Connection connection(std::unique_ptr<sqlite3, Close>(raw), path);
  if (raw == nullptr) return fail(ErrorKind::exhausted, "no memory for a database connection");
  sqlite3_extended_result_codes(raw, 1);
  if (code != SQLITE_OK) return connection.error("opening");
  sqlite3_busy_timeout(raw, busy_timeout_ms);
  return connection;
}

std::unexpected<Error> Connection::error(const std::string& doing) const {
  const int extended = sqlite3_extended_errcode(db_.get());
  const ErrorKind kind = kind_of(extended, sqlite3_system_errno(db_.get()));
  return fail(kind, path_ + ": " + doing + ": " + sqlite3_errmsg(db_.get()), next_step(kind));
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(db_.get()) == 0; }

bool Connection::sync_failed() const {
  const int extended = sqlite3_extended_errcode(db_.get());
  return extended == SQLITE_IOERR_FSYNC || extended == SQLITE_IOERR_DIR_FSYNC;
}

Status Connection::execute(const std::string& sql) {
  if (sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return error("executing");
  return {};
}

Result<Statement> Connection::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v2(db_.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
  if (code != SQLITE_OK) return error("preparing");
  return Statement(*this, raw);
}

Result<std::int64_t> Connection::integer(std::string_view sql) {
  QUIETUS_TRY(statement, prepare(sql));
  QUIETUS_TRY(row, statement.step());
  return row ? statement.integer(0) : 0;
}

Result<std::string> Connection::text(std::string_view sql) {
  QUIETUS_TRY(statement, prepare(sql));
  QUIETUS_TRY(row, statement.step());
  return row ? statement.text(0) : std::string();
}

Status Statement::checked(int code, const char* doing) {
  if (code != SQLITE_OK) return connection_->error(doing);
  return {};
}

Status Statement::bind(int index, std::int64_t value) {
  return checked(sqlite3_bind_int64(statement_.get(), index, value), "binding");
}

Status Statement::bind(int index, std::string_view text) {
  return checked(
      sqlite3_bind_text64(statement_.get(), index, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8),
      "binding");
}

Status Statement::bind(int index, BytesView blob) {
  if (blob.empty()) return checked(sqlite3_bind_zeroblob(statement_.get(), index, 0), "binding");
  return checked(sqlite3_bind_blob64(statement_.get(), index, blob.data(), blob.size(), SQLITE_TRANSIENT),
                 "binding");
}

Status Statement::bind_in_place(int index, std::string_view text) {
  return checked(
      sqlite3_bind_text64(statement_.get(), index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8),
      "binding");
}

Status Statement::bind_in_place(int index, BytesView blob) {
  if (blob.empty()) return bind(index, blob);
  return checked(sqlite3_bind_blob64(statement_.get(), index, blob.data(), blob.size(), SQLITE_STATIC),
                 "binding");
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return connection_->error("stepping");
}

Status Statement::run() {
  QUIETUS_CHECK(step());
  return checked(sqlite3_reset(statement_.get()), "resetting");
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::string Statement::text(int column) const {
  const auto* start = sqlite3_column_text(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (start == nullptr) return {};
  return std::string(as_text({start, static_cast<std::size_t>(size)}));
}

Bytes Statement::blob(int column) const {
  const auto* start = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_.get(), column));
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (start == nullptr) return {};
  return Bytes(start, start + size);
}

}  // namespace quietus::store
