// Operational rows over one connection, with statements that are prepared once: an epoch of a record table
// puts and reads tens of thousands. Private to kms/store.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kms/store/connection.hpp"
#include "quietus/store.hpp"

namespace quietus::store {

inline constexpr std::int64_t kPageRows = 64;  ///< read at a time

/// Not thread-safe: it shares the connection's owner and mutex, and dies before the connection.
class Rows {
 public:
  explicit Rows(Connection& connection) : connection_(&connection) {}

  /// Puts and deletes, within the caller's transaction.
  Status put(const std::vector<Row>& rows);
  Result<std::optional<Bytes>> get(const std::string& table, const std::string& key);
  /// Up to `most` rows with keys from `from` on (`after`: without that one itself), in order, as long as they
  /// begin with `prefix`.
  Result<std::vector<std::pair<std::string, Bytes>>> from(const std::string& table, const std::string& prefix,
                                                          const std::string& from, bool after,
                                                          std::int64_t most);

 private:
  enum class Act : std::uint8_t { put, remove, get, at_or_after, after };
  /// The statement for one act on one table, its table and key bound; ready to be bound further.
  Result<Statement*> statement(Act act, const std::string& table, const std::string& key);

  Connection* connection_;
  std::array<std::array<std::optional<Statement>, 5>, 2> prepared_;
};

}  // namespace quietus::store
