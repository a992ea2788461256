// What a transcript shows of one erasing command: that it was the one that was wanted, and nothing else that
// erases, and how it ended by the drive's own log. The same engine that waited for the drive follows its
// answers again. Pure: the agent asks before it signs, kms before it accepts, an auditor before they believe.
#pragma once

#include <string>
#include <string_view>

#include "firmware-agent/nvme/capability.hpp"
#include "firmware-agent/nvme/completion.hpp"

namespace quietus::nvme {

struct Retraced {
  Controller controller;   ///< of all answers alike
  Namespace space;         ///< as it was before the command
  std::uint32_t word = 0;  ///< CDW10 of the command
  std::string answer;      ///< the drive's, to the command itself; empty when none came
  Outcome outcome = Outcome::pending;
  std::string why;  ///< for people; empty while pending
};

/// `drive_command` as capabilities() names it. `corrupt` for what is no transcript; `verification_failed`
/// when the command was never sent, sent twice, another one was, or answers that it needs are not there.
Result<Retraced> retrace(std::string_view transcript, std::string_view drive_command);

}  // namespace quietus::nvme
