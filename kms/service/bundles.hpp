// The auditor's bundle of one holding.
#pragma once

#include "kms/service/records.hpp"
#include "kms/service/service.hpp"

namespace quietus::service {

/// {"certificate.json": base64, …}. Once stamped, the same bytes for ever. `not_found` while nothing is
/// certified.
Result<Json> bundle_files(Service& service, const HoldingId& holding);
/// Assembles and keeps the stamped bundle; called by the certificate job after the time-stamp.
Result<Json> assemble(Service& service, const CertificateRecord& record, const HoldingId& holding);
/// "none", "pending", "certified" or "stamped".
std::string shown_certificate_state(Service& service, const HoldingId& holding);

}  // namespace quietus::service
