// The store as the rest of the house sees it: an append-only list of leaves with bodies beside them, and
// operational rows that are not facts. Implemented by kms/store (SQLite) and by a fake; both pass
// tests/contract/store.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "quietus/bytes.hpp"
#include "quietus/result.hpp"

namespace quietus {

/// One entry of the ledger. `leaf` is what the RFC 6962 tree hashes; it holds no personal data, only
/// SHA-256(salt ‖ body). A destroyed body leaves the tree valid: `body` and `salt` are then empty.
struct LedgerEntry {
  std::uint64_t index = 0;
  Bytes leaf;
  Bytes salt;
  Bytes body;
};

/// Operational row: wrapped blobs, jobs, certificates, idempotency records. Not a fact, not in the tree.
struct Row {
  std::string table;  ///< one of a short list fixed by the store's schema
  std::string key;
  Bytes value;  ///< empty = delete
};

/// One transaction: all of it or nothing, durable when `append` returns.
struct Batch {
  std::vector<LedgerEntry> entries;  ///< indices continue the store's size without a gap
  std::vector<Row> rows;
};

/// Looks at what is durable and at nothing else: no cache of the writer, no page that was never synced.
class DurableRows {
 public:
  virtual ~DurableRows() = default;
  [[nodiscard]] virtual Result<std::optional<Bytes>> row(const std::string& table,
                                                         const std::string& key) = 0;
};

class Store {
 public:
  virtual ~Store() = default;
  [[nodiscard]] virtual Status append(const Batch& batch) = 0;
  [[nodiscard]] virtual Result<std::uint64_t> size() = 0;
  /// Visits entries [from, size) in order; stops at the first error the visitor returns.
  [[nodiscard]] virtual Status scan(std::uint64_t from,
                                    const std::function<Status(const LedgerEntry&)>& visit) = 0;
  [[nodiscard]] virtual Result<std::optional<LedgerEntry>> entry(std::uint64_t index) = 0;
  [[nodiscard]] virtual Result<std::optional<Bytes>> row(const std::string& table,
                                                         const std::string& key) = 0;
  /// Rows whose key begins with `prefix`, in the order of their keys (bytes); empty = all of the table.
  [[nodiscard]] virtual Status scan_prefix(
      const std::string& table, const std::string& prefix,
      const std::function<Status(const std::string& key, BytesView value)>& visit) = 0;
  [[nodiscard]] Status scan_rows(
      const std::string& table, const std::function<Status(const std::string& key, BytesView value)>& visit) {
    return scan_prefix(table, {}, visit);
  }
  /// Read-back before something irreversible rests on a row: everything appended so far is brought into the
  /// database proper, and read through a connection that has never seen it.
  [[nodiscard]] virtual Result<std::unique_ptr<DurableRows>> read_back() = 0;
};

}  // namespace quietus
