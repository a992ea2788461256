// The irreversible half of a record set's destruction: intent in a published checkpoint, the key destroyed,
// shown gone, completion committed. Resumable after a crash at any step.
#pragma once

#include "kms/service/service.hpp"
#include "quietus/certificate.hpp"

namespace quietus::service {

/// `verification_failed`: the token said yes and the key was not shown to be gone. `denied`: may() said no
/// now. Other errors: try again.
Status destroy_key(Service& service, const OrderId& order, const HoldingId& holding);
/// What the finished steps showed; `conflict` while they are not finished.
Result<KeyDestruction> shown_destruction(Service& service, const HoldingId& holding);

}  // namespace quietus::service
