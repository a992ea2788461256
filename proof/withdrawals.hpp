// Certificates that are not to be relied on any more, as the log of their case has it: two approvers of two
// departments have said so, each in a signed attestation of kind "certificate_withdrawn". Nothing is edited:
// the certificate and the destruction that it speaks of stay what they are.
#pragma once

#include "proof/chain_cache.hpp"
#include "proof/ledger_extract.hpp"

namespace quietus::proof {

inline constexpr std::string_view kWithdrawnKind = "certificate_withdrawn";
inline constexpr std::size_t kMaxWithdrawals = 100'000;

struct Withdrawal {
  HoldingId holding;
  std::string certificate;
  std::string successor;  ///< of the certificate that takes its place; empty: revoked
  std::string reason;     ///< as the first of them gave it
  std::vector<Person> persons;
  UnixMs at;  ///< when the last of them said it
  /// Two people of two departments say the same.
  [[nodiscard]] bool holds() const;
};

/// By certificate. What was taken back is left out. A signature that does not hold, or of somebody who was
/// not a person of the house then, counts for nothing.
std::vector<Withdrawal> withdrawals_in(const VerifiedExtract& log, ChainCache& cache);

}  // namespace quietus::proof
