#include "cli/terminal/dates.hpp"

#include "base/encoding.hpp"

namespace quietus::cli {

Result<UnixMs> time_from(const std::string& text) {
  constexpr std::size_t kDayLength = 10;
  auto time = from_rfc3339(text.size() == kDayLength ? text + "T00:00:00.000Z" : text);
  if (time) return time;
  return fail(ErrorKind::invalid_input, "'" + text + "' is no date",
              "2027-06-30 (it begins at 00:00 UTC), or 2027-06-30T08:00:00.000Z");
}

Result<std::optional<UnixMs>> optional_time(const std::string& text) {
  if (text.empty()) return std::optional<UnixMs>();
  QUIETUS_TRY(time, time_from(text));
  return std::optional(time);
}

Result<std::string> time_text(const std::string& text) {
  QUIETUS_TRY(time, time_from(text));
  return rfc3339(time);
}

std::string day_of(const std::string& rfc3339) { return rfc3339.substr(0, rfc3339.find('T')); }

}  // namespace quietus::cli
