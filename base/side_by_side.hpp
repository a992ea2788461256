// Two pieces of work at the same time, for as long as the longer one takes: the one place in the house where
// steps of one act overlap. Which may is the business of the act (docs/decisions/steps-that-overlap.md).
#pragma once

#include <functional>

#include "quietus/result.hpp"

namespace quietus {

/// Runs `beside` on a thread of its own and `here` on the caller's. Both have ended when this returns,
/// whatever became of either, so that a step which follows waits for both. What one of them changes the other
/// must not look at. Where no thread is to be had, `beside` runs first. Gives the failure of `beside`, or
/// else that of `here`.
[[nodiscard]] Status side_by_side(const std::function<Status()>& beside, const std::function<Status()>& here);

}  // namespace quietus
