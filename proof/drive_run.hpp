// Whether a drive's own erasure is shown, and what it may be called: from what was sent and answered, what
// the agent found afterwards, and the table of methods. Nobody's typed word is in it.
#pragma once

#include <string_view>

#include "quietus/media.hpp"
#include "quietus/result.hpp"

namespace quietus::proof {

/// The claim of the plan's technique (NIST SP 800-88r2 §3.1). `verification_failed` naming the first thing
/// that is not shown: the transcript is not the one that is cited, or shows another command, another drive or
/// another end than success; a marker is left, unread, or was never written.
Result<SanitizationMethod> claim_shown(const Plan& plan, const Evidence& evidence,
                                       std::string_view transcript);

}  // namespace quietus::proof
