// The export ledger of a key, as people see it.
#pragma once

#include "base/json.hpp"
#include "cli/terminal/context.hpp"

namespace quietus::cli {

/// Who got data keys in clear, when and for what; nothing when nobody did.
void print_releases(const Json& json, const Context& context);

}  // namespace quietus::cli
