// Whether the host overwrites a medium or the drive erases itself. Pure.
#pragma once

#include <string>
#include <vector>

#include "quietus/media.hpp"
#include "quietus/order.hpp"
#include "quietus/result.hpp"

namespace quietus::eraser {

/// When a drive's own command is used: where the order demands more than an overwrite can claim, or wherever
/// the drive has one, or never.
enum class DriveCommands { when_demanded, preferred, never };
std::string_view to_string(DriveCommands use);  ///< "when-demanded", "preferred", "never"
Result<DriveCommands> drive_commands_from(std::string_view text);

struct Preferences {
  OverwritePattern pattern = OverwritePattern::stream;
  DriveCommands drive_commands = DriveCommands::when_demanded;
};

/// `can`: erasure commands that the agent found in the drive. `stream_seed` as of make_plan. Errors: `denied`
/// with every reason against every way that was open.
Result<Plan> choose_plan(const DeviceIdentity& identity, const OrderLine& line,
                         const std::vector<std::string>& can, const Preferences& preferences,
                         const Digest& stream_seed);

}  // namespace quietus::eraser
