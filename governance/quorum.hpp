// Whether an order carries the signatures that it says it needs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "governance/state.hpp"

namespace quietus::governance {

struct Quorum {
  std::vector<std::string> missing;       ///< what is still needed, for people; empty = reached
  std::vector<Digest> counted;            ///< payload digests of the signatures that count, proposer first
  std::optional<UnixMs> earliest_expiry;  ///< of the signatures that count
  [[nodiscard]] bool reached() const { return missing.empty(); }
};

/// Counts signatures that approve, have not expired at `at`, and whose signer was not suspended afterwards:
/// up to now, or up to the ledger entry `as_of` (an act that had begun by then is judged by what held then).
/// Needed: the proposer, and what order.requirement asks for, all by different persons (I4).
Quorum quorum(const OrderRecord& record, UnixMs at, std::optional<std::uint64_t> as_of = std::nullopt);

}  // namespace quietus::governance
