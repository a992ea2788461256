// The inventory as erasers report it: every medium, who it is, and why the guard would refuse it now.
#pragma once

#include "base/json.hpp"
#include "firmware-agent/guard/guarded_medium.hpp"

namespace quietus::agent {

/// [{"guard":[reason],"identity":{…}}]; a medium that cannot be identified is left
/// out.
Result<Json> list_with_reasons(const GuardSettings& settings);

}  // namespace quietus::agent
