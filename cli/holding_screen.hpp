// A holding as kms shows it, and the tree of copies.
#pragma once

#include "base/json.hpp"
#include "cli/terminal/context.hpp"

namespace quietus::cli {

void print_holding(const Json& json, const Context& context);
/// Indented by who was copied from whom; what has ended is marked.
void print_tree(const Json& tree, const Context& context);

/// What hosts report: each medium, by which commands of its own it can be erased, and what stands against it.
void print_devices(const Json& json, const Context& context);

}  // namespace quietus::cli
