// The ledger's head in the eyes of auditors' witnesses.
#pragma once

#include "kms/service/checkpointer.hpp"
#include "kms/service/service.hpp"

namespace quietus::service {

/// The newest head, under it the word of each configured witness, in their order; without witnesses as
/// published. `verification_failed` when one of them has seen what contradicts this ledger; `unavailable`
/// when one is away or has seen a newer head meanwhile: try again.
Result<SignedHead> cosigned_head(Service& service);

}  // namespace quietus::service
