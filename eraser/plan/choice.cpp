#include "eraser/plan/choice.hpp"

#include <algorithm>
#include <array>

#include "eraser/plan/firmware_plan.hpp"
#include "eraser/plan/plan.hpp"

namespace quietus::eraser {
namespace {

constexpr std::array<std::string_view, 3> kUses{"when-demanded", "preferred", "never"};

std::unexpected<Error> both_refused(Error first, const Error& second) {
  first.message += "; " + second.message;
  return std::unexpected(std::move(first));
}

}  // namespace

std::string_view to_string(DriveCommands use) { return kUses[static_cast<std::size_t>(use)]; }

Result<DriveCommands> drive_commands_from(std::string_view text) {
  const auto* found = std::ranges::find(kUses, text);
  if (found == kUses.end())
    return fail(ErrorKind::invalid_input, "drive_commands is when-demanded, preferred or never");
  return static_cast<DriveCommands>(found - kUses.begin());
}

Result<Plan> choose_plan(const DeviceIdentity& identity, const OrderLine& line,
                         const std::vector<std::string>& can, const Preferences& preferences,
                         const Digest& stream_seed) {
  auto overwrite = make_plan(identity, line, preferences.pattern, stream_seed);
  const bool preferred = preferences.drive_commands == DriveCommands::preferred;
  if (preferences.drive_commands == DriveCommands::never || (overwrite && !preferred)) return overwrite;
  auto by_drive = make_firmware_plan(identity, line, can);
  if (by_drive) return by_drive;
  if (overwrite) return overwrite;
  return both_refused(std::move(overwrite.error()), by_drive.error());
}

}  // namespace quietus::eraser
