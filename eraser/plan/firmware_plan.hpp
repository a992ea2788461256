// A plan by a drive's own command: the first method of the table that the drive offers and the order accepts,
// or a refusal that says of each why not. Pure.
#pragma once

#include <string>
#include <vector>

#include "quietus/media.hpp"
#include "quietus/order.hpp"

namespace quietus::eraser {

/// `can`: erasure commands that the agent found in the drive. Errors: `denied`, with every reason.
Result<Plan> make_firmware_plan(const DeviceIdentity& identity, const OrderLine& line,
                                const std::vector<std::string>& can);

}  // namespace quietus::eraser
