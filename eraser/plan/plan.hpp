// Device facts and policy in, a plan out, or a refusal with every reason. Pure: the seed comes from the
// caller.
#pragma once

#include "quietus/media.hpp"
#include "quietus/order.hpp"
#include "quietus/result.hpp"

namespace quietus::eraser {

/// Chooses the method for the medium that `identity` (read through an open descriptor) describes, for one
/// line of an order. `stream_seed` is used by the pattern `stream` only; it must be fresh and random. Errors:
/// `denied`, with all reasons in the message, when the line cannot be carried out on this medium.
Result<Plan> make_plan(const DeviceIdentity& identity, const OrderLine& line, OverwritePattern preferred,
                       const Digest& stream_seed);

}  // namespace quietus::eraser
