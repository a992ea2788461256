// What the house does on its own when a hold's purpose ends, a court speaks, or a finding is late.
#pragma once

#include "kms/service/service.hpp"

namespace quietus::service {

/// Freezes the holdings and cases that governance/standing.hpp names and opens a finding for each one that is
/// overdue. What is refused or fails is logged and tried again in the next round.
void keep_watch(Service& service);

}  // namespace quietus::service
