// Who else is in an NVM subsystem: controllers that reach the same namespaces by another way.
#pragma once

#include <string>
#include <vector>

#include "quietus/result.hpp"

namespace quietus::agent {

/// Names of all controllers of the NVM subsystem that carries block device `name` ("nvme0n1"), in order;
/// empty for what is no NVMe namespace. `unavailable` when it is one and the kernel does not show its
/// subsystem. `sysfs` is /sys, another folder in tests.
Result<std::vector<std::string>> subsystem_controllers(const std::string& name,
                                                       const std::string& sysfs = "/sys");

}  // namespace quietus::agent
