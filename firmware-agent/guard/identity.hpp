// Who a medium is, established through an open descriptor: a path may mean another medium a moment later.
#pragma once

#include <string>

#include "quietus/media.hpp"

namespace quietus::agent {

/// `path` is only noted. Errors: `invalid_input` when the descriptor is neither a block device nor a regular
/// file, `not_found` for a loop with nothing behind it, `io` when the kernel does not answer.
Result<DeviceIdentity> identify(int fd, const std::string& path);

}  // namespace quietus::agent
