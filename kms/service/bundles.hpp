// The auditor's bundle of one holding.
#pragma once

#include "kms/service/records.hpp"
#include "kms/service/service.hpp"

namespace quietus::service {

/// Files and state of one instant.
struct BundleView {
  Json files;  ///< {"certificate.json": base64, …}
  bool stamped = false;
};
/// Once stamped, the same bytes for ever. `not_found` while nothing is certified.
/// Of that certificate, or of the newest one.
Result<BundleView> view_bundle(Service& service, const HoldingId& holding, const std::string& certificate);
Result<BundleView> view_bundle(Service& service, const HoldingId& holding,
                               const std::optional<OrderId>& order);
/// Under this head of the ledger; called by the certificate job after the time-stamp.
Result<Json> assemble(Service& service, const CertificateRecord& record, const HoldingId& holding,
                      const SignedHead& head);
/// The one with the latest completion, if there is any.
Result<std::optional<CertificateRecord>> newest_certificate(const Ledger& ledger, Store& store,
                                                            const HoldingId& holding);
/// "none", "pending", "certified" or "stamped".
std::string shown_certificate_state(Service& service, const HoldingId& holding);

}  // namespace quietus::service
