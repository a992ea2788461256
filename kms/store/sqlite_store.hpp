// The store over one SQLite database in WAL mode with full sync: one writing and one reading connection.
// Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "quietus/store.hpp"

namespace quietus::store {

struct StoreOptions {
  /// Size of the reserve file beside the database ("ledger.reserve"): blocks kept back so that a freeze or a
  /// suspension can still be logged on a full disk. 0 = none.
  std::uint64_t reserve_bytes = 1 << 20;
  int busy_timeout_ms = 5000;
  /// Name of a registered SQLite VFS; empty = the default one.
  std::string vfs;
};

class SqliteStore : public Store {
 public:
  /// Creates or migrates the database; its folder must exist. `corrupt` when the file is damaged, is not
  /// ours, or was written by a newer version; `unavailable` when another process holds it.
  static Result<std::unique_ptr<SqliteStore>> open(const std::string& path, const StoreOptions& options = {});
  ~SqliteStore() override;

  /// All of the batch or nothing, durable on return. `conflict`: entries do not continue the ledger.
  /// `invalid_input`: a table that the schema does not have. `exhausted`: no room; nothing was written and
  /// the store stays usable.
  [[nodiscard]] Status append(const Batch& batch) override;
  [[nodiscard]] Result<std::uint64_t> size() override;
  [[nodiscard]] Status scan(std::uint64_t from,
                            const std::function<Status(const LedgerEntry&)>& visit) override;
  [[nodiscard]] Result<std::optional<LedgerEntry>> entry(std::uint64_t index) override;
  [[nodiscard]] Result<std::optional<Bytes>> row(const std::string& table, const std::string& key) override;
  [[nodiscard]] Status scan_prefix(
      const std::string& table, const std::string& prefix,
      const std::function<Status(const std::string& key, BytesView value)>& visit) override;
  /// `unavailable` when the write-ahead log is in use and cannot be brought into the database; `io` when this
  /// or an earlier sync failed.
  [[nodiscard]] Result<std::unique_ptr<DurableRows>> read_back() override;

  /// Empties body and salt of one entry, the leaf stays (an erased person's words, the tree still valid).
  [[nodiscard]] Status forget_body(std::uint64_t index);

  /// Gives the reserved blocks back to the file system. For restrictive verbs on a full disk, then append
  /// again.
  [[nodiscard]] Status release_reserve();
  /// Takes the reserve again when there is room; `exhausted` when there is not. Call now and then after a
  /// release.
  [[nodiscard]] Status restore_reserve();
  [[nodiscard]] bool reserve_held() const;

 private:
  struct Impl;
  explicit SqliteStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace quietus::store
