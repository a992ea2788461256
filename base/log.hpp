// One line of JSON per event on standard error. Callers pass what may be seen; there is no way to pass a
// SecretBytes.
#pragma once

#include <string_view>

#include "base/json.hpp"

namespace quietus {

enum class LogLevel { debug, info, warning, error };
void set_log_name(std::string_view program);
void set_log_level(LogLevel level);
/// Whether such a line would be written: for callers whose fields cost something to gather.
[[nodiscard]] bool logs(LogLevel level);
/// {"at":"…","level":"info","program":"quietus-kms","event":"order approved", …fields}
void log(LogLevel level, std::string_view event, Json::Object fields = {});

}  // namespace quietus
