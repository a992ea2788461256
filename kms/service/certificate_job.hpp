// From `destroyed, certificate pending` to certified, to stamped. Every step may be repeated after a crash;
// the signed certificate is one transaction with its ledger entry.
#pragma once

#include "governance/certificates.hpp"
#include "kms/service/records.hpp"
#include "kms/service/service.hpp"

namespace quietus::service {

/// Signs and commits the certificate of a destroyed holding, or of keys that went without an order. Nothing
/// happens when there is one already.
Status certify(Service& service, const CertifiedLine& line);
/// Signs and commits the certificate in the place of one that two approvers want corrected or withdrawn, of
/// the sources of that one. Gives where it is kept. Nothing happens when it was done already.
Result<CertifiedLine> replace_certificate(Service& service, const governance::DueReplacement& due);
/// Gets the time-stamp and freezes the bundle. A time-stamp authority that is away gives `unavailable`: try
/// again.
Status stamp(Service& service, const CertifiedLine& line);

}  // namespace quietus::service
