// One SQLite connection and its statements: ownership and errors, no knowledge of the schema. Private to
// kms/store.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "quietus/bytes.hpp"
#include "quietus/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace quietus::store {

class Statement;

/// Not thread-safe: its owner holds a mutex.
class Connection {
 public:
  /// `snapshot`: nobody writes to the file. No lock is taken, nothing is made beside it, and what lies beside
  /// it (a journal that somebody put there) is not looked at.
  enum class Access { read_only, read_write, snapshot };
  static Result<Connection> open(const std::string& path, Access access, int busy_timeout_ms,
                                 const std::string& vfs);

  /// Any number of statements without results.
  [[nodiscard]] Status execute(const std::string& sql);
  [[nodiscard]] Result<Statement> prepare(std::string_view sql);
  [[nodiscard]] Result<std::int64_t> integer(std::string_view sql);  ///< first column of the first row
  [[nodiscard]] Result<std::string> text(std::string_view sql);
  /// What the last failed call means, in our words.
  [[nodiscard]] std::unexpected<Error> error(const std::string& doing) const;
  [[nodiscard]] bool in_transaction() const;
  /// A sync failed: what the kernel has written, and what not, nobody knows any more.
  [[nodiscard]] bool sync_failed() const;

 private:
  struct Close {
    void operator()(sqlite3* db) const;
  };
  Connection(std::unique_ptr<sqlite3, Close> db, std::string path)
      : db_(std::move(db)), path_(std::move(path)) {}
  std::unique_ptr<sqlite3, Close> db_;
  std::string path_;
};

/// Prepared; parameters count from 1, columns from 0.
class Statement {
 public:
  Status bind(int index, std::int64_t value);
  Status bind(int index, std::string_view text);
  Status bind(int index, BytesView blob);  ///< an empty one is an empty blob, not NULL
  /// Without copies: text and blob have to stay until the statement has run or is bound again.
  Status bind_in_place(int index, std::string_view text);
  Status bind_in_place(int index, BytesView blob);
  /// true: a row is there; false: done.
  [[nodiscard]] Result<bool> step();
  /// For statements that give no row; ready to be bound again afterwards.
  [[nodiscard]] Status run();
  /// For statements that were not stepped to their end: lets go of the row, ready to be bound again.
  void reset();
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] Bytes blob(int column) const;

 private:
  friend class Connection;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement(const Connection& connection, sqlite3_stmt* statement)
      : connection_(&connection), statement_(statement) {}
  Status checked(int code, const char* doing);
  const Connection* connection_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

}  // namespace quietus::store
