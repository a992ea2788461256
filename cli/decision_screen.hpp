// An answer of may(), for people.
#pragma once

#include "base/json.hpp"
#include "cli/terminal/context.hpp"

namespace quietus::cli {

/// Yes or no, every reason with what to do next, and what a yes obliges to.
void print_decision(const Json& answer, const Context& context);

}  // namespace quietus::cli
