// A case as kms shows it.
#pragma once

#include "base/json.hpp"
#include "cli/terminal/context.hpp"

namespace quietus::cli {

/// Phase, parties, people, standing findings and what is left to end; or JSON.
void print_case(const Json& json, const Context& context);

}  // namespace quietus::cli
