// A copy of the database as it was at one moment, and a store over it that only reads.
#pragma once

#include <memory>
#include <string>

#include "quietus/store.hpp"

namespace quietus::store {

/// Copies `database` into `to`, a new file of mode 0600, synced. One read transaction: all of it is from one
/// moment, and the process that holds the ledger goes on writing meanwhile. `conflict` when `to` is there;
/// `exhausted` when there is no room, and nothing is left behind then.
Status take_snapshot(const std::string& database, const std::string& to);

/// Entries of a ledger that may be in use, without taking its lock.
Result<std::uint64_t> entries_of(const std::string& database);

/// Thread-safe. Nobody else may write to the file meanwhile.
class Snapshot : public Store {
 public:
  /// `corrupt` when the file is damaged, is not ours, or has another version of the tables.
  static Result<std::unique_ptr<Snapshot>> open(const std::string& path);
  ~Snapshot() override;

  /// Refused: `conflict`.
  [[nodiscard]] Status append(const Batch& batch) override;
  [[nodiscard]] Result<std::uint64_t> size() override;
  [[nodiscard]] Status scan(std::uint64_t from,
                            const std::function<Status(const LedgerEntry&)>& visit) override;
  [[nodiscard]] Result<std::optional<LedgerEntry>> entry(std::uint64_t index) override;
  [[nodiscard]] Result<std::optional<Bytes>> row(const std::string& table, const std::string& key) override;
  [[nodiscard]] Status scan_prefix(
      const std::string& table, const std::string& prefix,
      const std::function<Status(const std::string& key, BytesView value)>& visit) override;
  /// Refused: `conflict`. Nothing irreversible rests on a copy.
  [[nodiscard]] Result<std::unique_ptr<DurableRows>> read_back() override;

 private:
  struct Impl;
  explicit Snapshot(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace quietus::store
