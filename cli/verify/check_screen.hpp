// One line of what a verifier checked, for people.
#pragma once

#include "cli/terminal/context.hpp"
#include "proof/bundle.hpp"

namespace quietus::cli {

void print_check(const proof::Check& check, const Context& context);

}  // namespace quietus::cli
