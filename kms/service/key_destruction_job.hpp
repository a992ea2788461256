// The irreversible half of a record set's destruction: intent in a published checkpoint, the key destroyed,
// shown gone, completion committed. Resumable after a crash at any step.
#pragma once

#include "kms/keys/destruction.hpp"
#include "kms/service/service.hpp"
#include "quietus/certificate.hpp"

namespace quietus::service {

/// `verification_failed`: the token said yes and the key was not shown to be gone. `denied`: may() said no
/// now. Other errors: try again.
Status destroy_key(Service& service, const OrderId& order, const HoldingId& holding);
/// The key is gone (the token said so, or its act had begun and the token no longer has it), and completion
/// is not committed: to be proven whatever may() says now, or a destroyed key would never be certified.
bool awaits_proof(Service& service, const OrderId& order, const HoldingId& holding);
/// Where the destruction of a holding's key, or of its keyring's last root, stands; and how that is kept.
Result<std::optional<keys::DestructionState>> saved_destruction(Service& service, const HoldingId& holding);
keys::SaveState save_destruction(Service& service, const HoldingId& holding);
/// At start, before anything makes keys: destructions that an earlier process left open shut the token's
/// gate.
Status owe_open_destructions(Service& service);
/// After a destruction was given up as failed: the gate opens for other keys again.
void forget_debt(Service& service, const HoldingId& holding);
/// What the finished steps showed; `conflict` while they are not finished.
Result<KeyDestruction> shown_destruction(Service& service, const HoldingId& holding);

}  // namespace quietus::service
