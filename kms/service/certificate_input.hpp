// Gathers what a certificate is made of, from the state, the ledger and the rows.
#pragma once

#include "kms/service/records.hpp"
#include "kms/service/service.hpp"

namespace quietus::service {

/// Without a completion position when the holding is not completed yet.
Result<CertificateInput> medium_certificate_input(Service& service, const governance::OrderRecord& record,
                                                  const HoldingId& holding, const MediumRecord& medium);
Result<CertificateInput> keyring_certificate_input(Service& service, const governance::OrderRecord& record,
                                                   const HoldingId& holding,
                                                   const KeyringShredding& shredding);
/// Of keys that went without an order, with the root of `shredding.from_epoch`; `causes` are what it rests
/// on.
Result<CertificateInput> scheduled_certificate_input(Service& service, const KeyringShredding& shredding,
                                                     const governance::EndCauses& causes);
Result<CertificateInput> key_certificate_input(Service& service, const governance::OrderRecord& record,
                                               const HoldingId& holding, const KeyDestruction& destruction);

}  // namespace quietus::service
