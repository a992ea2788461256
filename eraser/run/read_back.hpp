// The whole medium read and compared with what a plan must have left, generated again; comparing hides behind
// the reads.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "eraser/run/pace.hpp"
#include "quietus/media.hpp"

namespace quietus::eraser {

struct ReadBackHooks {
  std::function<bool()> stop;
  std::int64_t stall_ms = 300000;
};

struct ReadBackResult {
  std::uint64_t bytes_matching = 0;
  std::vector<std::string> wrong;  ///< ranges that could not be read or hold something else, ascending
  Pace pace;
  [[nodiscard]] bool all_match(const Plan& plan) const {
    return wrong.empty() && plan.length_bytes > 0 && bytes_matching == plan.length_bytes;
  }
};

/// Ends early after kMostBadRanges wrong ranges: never all_match then. Errors: `unavailable` when stopped,
/// `io` when the medium gave no answer.
Result<ReadBackResult> read_back(BlockDevice& device, IoQueue& queue, const Plan& plan,
                                 const ReadBackHooks& hooks);

}  // namespace quietus::eraser
