// A sample of ended holdings, and how much it says.
#pragma once

#include <string>

#include "base/json.hpp"
#include "cli/terminal/context.hpp"

namespace quietus::cli {

/// Drawn from a tree of copies as kms gives it (cli/audit_sample.hpp): what was drawn, from how many, and the
/// shares that it can detect.
Json sample_of(const Json& tree, const std::string& seed, std::size_t count);
void print_sample(const Json& sample, const Context& context);

}  // namespace quietus::cli
