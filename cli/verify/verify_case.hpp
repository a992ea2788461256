// quietus verify of a folder that holds a whole case.
#pragma once

#include "cli/terminal/context.hpp"
#include "cli/terminal/exit_code.hpp"
#include "proof/bundle.hpp"

namespace quietus::cli {

Result<ExitCode> verify_case_folder(const std::string& folder, const std::optional<proof::Anchor>& anchor,
                                    const proof::OtherAnchors& others, const Context& context);

}  // namespace quietus::cli
