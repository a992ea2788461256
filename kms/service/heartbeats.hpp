// Heads of the ledger that the time-stamp authority has dated, made now and then although nothing happened.
// Kept for good: each is a few kilobytes.
#pragma once

#include "kms/service/service.hpp"
#include "proof/heartbeat.hpp"

namespace quietus::service {

struct HeartbeatsMade {
  std::uint64_t count = 0;
  UnixMs newest;  ///< by the clock of kms
};
Result<HeartbeatsMade> heartbeats_made(Store& store);
/// From 1; `not_found` beyond those made.
Result<proof::Heartbeat> heartbeat_of(Store& store, std::uint64_t number);

/// Publishes the head of this moment, has it stamped and keeps both. The stamp is verified once more as a
/// stranger will verify it: what would not convince them is not kept.
Status beat(Service& service);

}  // namespace quietus::service
