// quietus verify of a ledger in a folder (proof/ledger_folder.hpp).
#pragma once

#include <string>
#include <vector>

#include "cli/terminal/context.hpp"
#include "cli/terminal/exit_code.hpp"

namespace quietus::cli {

struct LedgerAnchorOptions {
  std::string root, key;
  std::vector<std::string> witnesses;
};

/// By what lies in it: a checkpoint and tiles, and no bundle and no extract.
bool is_ledger_folder(const std::string& folder);
Result<ExitCode> verify_ledger(const std::string& folder, const LedgerAnchorOptions& options,
                               const Context& context);

}  // namespace quietus::cli
