// Taking keys away from a keyring, from the ledger's intent to the completion event.
#pragma once

#include <optional>

#include "kms/epochs/epoch.hpp"
#include "kms/service/records.hpp"
#include "kms/service/service.hpp"
#include "quietus/certificate.hpp"

namespace quietus::service {

/// The keys that an approved order's line names (all of the keyring when it names none), or without an order
/// those whose schedule is due. Called again after a crash or a failure it goes on where that one stopped.
/// `verification_failed`: something that was destroyed is not shown to be gone.
Status shred(Service& service, const KeyringId& keyring, const std::optional<OrderId>& order);

/// The irreversible act of the shredding under way has begun.
bool shredding_has_acted(Service& service, const KeyringId& keyring);
/// After a shredding was given up as failed: the gate opens for other keys again.
void forget_epoch_debt(Service& service, const KeyringId& keyring);

/// At start: epochs that an earlier process left open shut the token for everything else.
Status owe_open_epochs(Service& service);

/// What a certificate rests on, once the line of an order is destroyed, or keys went without one.
Result<KeyringShredding> shown_shredding(Service& service, const CertifiedLine& line);

}  // namespace quietus::service
