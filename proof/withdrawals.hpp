// Certificates that are not to be relied on any more, as the log of their case has it: two approvers of two
// departments have said so, each in a signed attestation, and a certificate was issued in the place of the
// first. Nothing is edited: the first one and the destruction that it speaks of stay what they are.
#pragma once

#include "proof/chain_cache.hpp"
#include "proof/ledger_extract.hpp"
#include "proof/predecessor.hpp"

namespace quietus::proof {

inline constexpr std::size_t kMaxWithdrawals = 100'000;

struct Withdrawal {
  HoldingId holding;
  std::string certificate;
  Replacement outcome = Replacement::withdrawn;
  std::string issued_as;  ///< the certificate in its place; empty while it was not issued
  std::string reason;     ///< as the first of them gave it
  std::vector<Person> persons;
  UnixMs at;  ///< when it was issued, or when the last of them said it
  /// It was issued, or has to be: a certificate does not stand because the issuer is slow.
  [[nodiscard]] bool holds() const { return !issued_as.empty() || are_two_departments(persons); }
};

/// By certificate and outcome. What was taken back is left out. A signature that does not hold, or of
/// somebody who was not a person of the house then, counts for nothing.
std::vector<Withdrawal> withdrawals_in(const VerifiedExtract& log, ChainCache& cache);

/// A member of a body that is text; empty when it is not there.
std::string text_in(const Json& body, std::string_view key);

}  // namespace quietus::proof
