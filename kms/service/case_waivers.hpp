// The waivers of a case as its certificates print them, with the words that people signed.
#pragma once

#include <optional>
#include <vector>

#include "kms/service/service.hpp"
#include "quietus/certificate.hpp"

namespace quietus::service {

/// State keeps what was said; the signed words themselves are in the ledger, where the attestation was
/// entered.
Result<SignedStatement> attested_at(const Ledger& ledger, std::uint64_t index);

/// Before the completion: all that the ledger holds. With its event: exactly those that it cites, as they
/// were then, whatever was entered or taken back since. `corrupt` when the event cites what the ledger does
/// not have, or cites none at all: it was written before certificates printed them.
Result<std::vector<Waiver>> case_waivers(Service& service, const CaseId& in,
                                         const std::optional<LedgerEntry>& completion);

}  // namespace quietus::service
