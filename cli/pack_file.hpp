// Rule packs in files.
#pragma once

#include <string>

#include "governance/rules/pack.hpp"

namespace quietus::cli {

/// The same error, saying in which file.
std::unexpected<Error> in_file(const std::string& path, const Error& error);
/// `read` says how strict: with its fixtures run, or without.
Result<rules::Pack> load_pack(const std::string& path,
                              Result<rules::Pack> (*read)(std::string_view) = &rules::read_pack);

}  // namespace quietus::cli
