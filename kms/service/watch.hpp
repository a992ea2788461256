// What the house does on its own when a hold's purpose ends, a court speaks, or a finding is late.
#pragma once

#include <functional>
#include <string>

#include "kms/service/service.hpp"

namespace quietus::service {

/// Runs one job unless its back-off says not yet; true when it was done.
using Attempt = std::function<bool(const std::string& job, const std::function<Status()>& act)>;

/// Freezes the holdings and cases that governance/standing.hpp names and opens a finding for each one that is
/// overdue. What is refused or fails is tried again as `attempt` has it. Not more than some dozens a time, so
/// that a flood of them keeps nothing else waiting.
void keep_watch(Service& service, const Attempt& attempt);

}  // namespace quietus::service
