// Times as people write them.
#pragma once

#include <optional>
#include <string>

#include "quietus/clock.hpp"
#include "quietus/result.hpp"

namespace quietus::cli {

/// "2027-06-30" is the beginning of that day in UTC; "2027-06-30T08:00:00.000Z" is itself. As the API takes
/// it.
Result<UnixMs> time_from(const std::string& text);
/// Nothing of "".
Result<std::optional<UnixMs>> optional_time(const std::string& text);
/// The same, as RFC 3339.
Result<std::string> time_text(const std::string& text);
/// "2027-06-30" of an RFC 3339 time, "" of nothing: for tables.
std::string day_of(const std::string& rfc3339);

}  // namespace quietus::cli
