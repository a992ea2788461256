// A holding as kms shows it, and the tree of copies.
#pragma once

#include "base/json.hpp"
#include "cli/terminal/context.hpp"

namespace quietus::cli {

void print_holding(const Json& json, const Context& context);
/// Indented by who was copied from whom; what has ended is marked.
void print_tree(const Json& tree, const Context& context);

}  // namespace quietus::cli
