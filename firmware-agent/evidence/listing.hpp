// The inventory as erasers report it: every medium, who it is, and why the guard would refuse it now.
#pragma once

#include "base/json.hpp"
#include "firmware-agent/evidence/firmware_run.hpp"
#include "firmware-agent/guard/guarded_medium.hpp"

namespace quietus::agent {

/// [{"can":[command],"guard":[reason],"identity":{…}}]; `can` only of what has erasure commands of its own. A
/// medium that cannot be identified is left out.
Result<Json> list_with_reasons(const GuardSettings& settings,
                               const OpenAdminQueue& open_queue = &open_admin_queue);

}  // namespace quietus::agent
