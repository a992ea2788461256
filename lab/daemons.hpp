// The four processes of a laboratory and how each is started.
#pragma once

#include <array>
#include <string>

#include "lab/settings.hpp"
#include "lab/supervisor.hpp"

namespace quietus::lab {

/// In the order they start; they end in the opposite one.
inline constexpr std::array<const char*, 4> kDaemons{"tsa", "kms", "agent", "eraser"};

/// `not_found` for a name that is none of them.
Result<SuperviseSettings> supervise_settings(const Layout& layout, const LabSettings& settings,
                                             const std::string& daemon);

/// How the daemons' own programs are run once, for `init`.
ChildSettings kms_command(const Layout& layout, const LabSettings& settings, const std::string& verb);
ChildSettings agent_command(const Layout& layout, const LabSettings& settings,
                            const std::vector<std::string>& arguments);

/// Starts `quietus lab supervise FOLDER DAEMON` in a session of its own, unless it runs already.
Status start_supervisor(const Layout& layout, const LabSettings& settings, const std::string& daemon,
                        int lifetime_s);
std::string supervisor_record(const Layout& layout, const std::string& daemon);

}  // namespace quietus::lab
