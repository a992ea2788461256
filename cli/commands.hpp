// One function per group of commands, one file each.
#pragma once

#include <string_view>

#include "cli/command_line.hpp"
#include "cli/context.hpp"

namespace quietus::cli {

void add_lab_commands(Command top, const Context& context);

extern const std::string_view kSoftHsmProfile;  ///< hsm-config/softhsm2.json

}  // namespace quietus::cli
