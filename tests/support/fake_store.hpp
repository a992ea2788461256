// A store in memory that keeps the contract of quietus/store.hpp. Its contents outlive nothing: crash tests
// use the real one.
#pragma once

#include <algorithm>
#include <array>
#include <map>

#include "base/mutex.hpp"
#include "quietus/store.hpp"

namespace quietus::test {

class FakeStore : public Store {
 public:
  Status append(const Batch& batch) override {
    MutexLock lock(mutex_);
    std::uint64_t next = entries_.size();
    for (const auto& entry : batch.entries) {
      if (entry.leaf.empty()) return fail(ErrorKind::invalid_input, "an entry without a leaf");
      if (entry.index != next++) return fail(ErrorKind::conflict, "the entry does not continue the ledger");
    }
    for (const auto& row : batch.rows) {
      if (!known(row.table) || row.key.empty() || row.key.size() > kMaxKeyBytes) {
        return fail(ErrorKind::invalid_input, "no such table, or a bad key");
      }
    }
    entries_.insert(entries_.end(), batch.entries.begin(), batch.entries.end());
    for (const auto& row : batch.rows) {
      rows_.erase({row.table, row.key});
      if (!row.value.empty()) rows_[{row.table, row.key}] = row.value;
    }
    return {};
  }
  Result<std::uint64_t> size() override {
    MutexLock lock(mutex_);
    return entries_.size();
  }
  Status scan(std::uint64_t from, const std::function<Status(const LedgerEntry&)>& visit) override {
    const auto entries = copy_of_entries();
    for (std::uint64_t index = from; index < entries.size(); ++index) QUIETUS_CHECK(visit(entries[index]));
    return {};
  }
  Result<std::optional<LedgerEntry>> entry(std::uint64_t index) override {
    MutexLock lock(mutex_);
    if (index >= entries_.size()) return std::nullopt;
    return entries_[index];
  }
  Result<std::optional<Bytes>> row(const std::string& table, const std::string& key) override {
    if (!known(table)) return fail(ErrorKind::invalid_input, "no such table");
    MutexLock lock(mutex_);
    const auto found = rows_.find({table, key});
    if (found == rows_.end()) return std::nullopt;
    return found->second;
  }
  Status scan_prefix(const std::string& table, const std::string& prefix,
                     const std::function<Status(const std::string& key, BytesView value)>& visit) override {
    if (!known(table)) return fail(ErrorKind::invalid_input, "no such table");
    for (const auto& [name, value] : copy_of_rows()) {
      if (name.first == table && name.second.starts_with(prefix)) QUIETUS_CHECK(visit(name.second, value));
    }
    return {};
  }
  Result<std::unique_ptr<DurableRows>> read_back() override {
    return std::unique_ptr<DurableRows>(std::make_unique<Copy>(copy_of_rows()));
  }

 private:
  using Rows = std::map<std::pair<std::string, std::string>, Bytes>;
  static constexpr std::size_t kMaxKeyBytes = 256;

  class Copy : public DurableRows {
   public:
    explicit Copy(Rows rows) : rows_(std::move(rows)) {}
    Result<std::optional<Bytes>> row(const std::string& table, const std::string& key) override {
      if (!known(table)) return fail(ErrorKind::invalid_input, "no such table");
      const auto found = rows_.find({table, key});
      return found == rows_.end() ? std::optional<Bytes>{} : std::optional(found->second);
    }

   private:
    const Rows rows_;
  };

  static bool known(const std::string& table) {
    constexpr std::array tables = {"jobs",     "certificates", "idempotency", "keys",          "progress",
                                   "meta",     "keyrings",     "epochs",      "record_tables", "record_pages",
                                   "receipts", "heartbeats",   "tiles"};
    return std::ranges::find(tables, table) != tables.end();
  }
  std::vector<LedgerEntry> copy_of_entries() {
    MutexLock lock(mutex_);
    return entries_;
  }
  Rows copy_of_rows() {
    MutexLock lock(mutex_);
    return rows_;
  }

  Mutex mutex_;
  std::vector<LedgerEntry> entries_ QUIETUS_GUARDED_BY(mutex_);
  Rows rows_ QUIETUS_GUARDED_BY(mutex_);
};

}  // namespace quietus::test
