// What waits for a person, with the command for each.
#pragma once

#include "base/json.hpp"
#include "cli/terminal/context.hpp"

namespace quietus::cli {

void print_today(const Json& answer, const Context& context);

}  // namespace quietus::cli
