// Which host a device path is meant on.
#pragma once

#include <string>

#include "cli/api.hpp"

namespace quietus::cli {

/// `host` when it is given; else the only host that has reported the path. `not_found` or `invalid_input`
/// otherwise.
Result<std::string> host_of_device(Api& api, const std::string& device, const std::string& host);

}  // namespace quietus::cli
