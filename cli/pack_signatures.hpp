// quietus pack verify and pack sign.
#pragma once

#include <string>
#include <vector>

#include "cli/terminal/context.hpp"
#include "cli/terminal/exit_code.hpp"

namespace quietus::cli {

struct PackSignatureOptions {
  std::string pack, root, at, after;    ///< after: the pack that was adopted before
  std::vector<std::string> signatures;  ///< files
  std::string role, key, certificate, out;
};

Result<ExitCode> verify_pack(const PackSignatureOptions& options, const Context& context);
/// Writes one statement about the pack, signed with a key in a file.
Result<ExitCode> sign_pack(const PackSignatureOptions& options, const Context& context);

}  // namespace quietus::cli
