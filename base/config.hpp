// Configuration files: one JSON object, strict, relative paths resolved against the file's folder.
#pragma once

#include <string>

#include "base/json.hpp"

namespace quietus {

/// Loads FILE; errors name the file and what to do.
Result<Json> load_config(const std::string& path);
/// `value` if absolute, else folder of `config_path` / value.
std::string resolve_path(const std::string& config_path, const std::string& value);

}  // namespace quietus
