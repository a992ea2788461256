// What a plan's technique is, whichever table it stands in, and whether the plan says no more than it can do.
// Asked by whoever must not take a plan on an eraser's word: kms, the agent, the verifier.
#pragma once

#include "quietus/media.hpp"
#include "quietus/result.hpp"

namespace quietus::eraser {

/// `denied` with the reason: no such technique here, a claim that is not exactly what the technique gives
/// (NIST SP 800-88r2 §3.1: derived, never typed in), a pattern or a seed that is not its own;
/// of a drive's command also another clause, or an area that it does not reach left out.
Status check_technique(const Plan& plan);

}  // namespace quietus::eraser
