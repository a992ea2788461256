// Dates as the law counts them: by the calendar of one place. Proleptic Gregorian, no I/O: a zone's changes
// are data that the caller brings.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "governance/rules/value.hpp"
#include "quietus/result.hpp"

namespace quietus::rules {

struct Date {
  std::int64_t year = 1970;
  unsigned month = 1, day = 1;
  auto operator<=>(const Date&) const = default;
};

/// Days since 1970-01-01.
std::int64_t days_of(const Date& date);
Date date_of(std::int64_t days);
/// "2027-01-01" that exists; years 1900 to 9999.
std::optional<Date> parse_date(std::string_view text);
std::string to_string(const Date& date);
/// "10y", "1y6mo", "30d", "24h": units once each, in the order y mo d h; each number at most 100,000.
std::optional<Duration> parse_duration(std::string_view text);

class TimeZone {
 public:
  struct Change {
    UnixMs from;             ///< in force from this instant
    int offset_minutes = 0;  ///< local time minus UTC
  };
  TimeZone() = default;  ///< UTC
  static TimeZone fixed(std::string name, int offset_minutes);
  /// `invalid_input` unless the changes are in order of time and every offset lies within ±18 h.
  static Result<TimeZone> with_changes(std::string name, int offset_before, std::vector<Change> changes);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] int offset_minutes(UnixMs at) const;
  /// Local wall time, as milliseconds since 1970-01-01T00:00 local.
  [[nodiscard]] std::int64_t local(UnixMs at) const;
  /// A wall time that occurs twice means its first occurrence; one that is skipped, the instant of the skip.
  [[nodiscard]] UnixMs instant(std::int64_t local_ms) const;
  /// When the day begins here.
  [[nodiscard]] UnixMs midnight(const Date& date) const;
  [[nodiscard]] Date date(UnixMs at) const;

 private:
  std::string name_ = "UTC";
  int offset_before_ = 0;
  std::vector<Change> changes_;
};

/// Months first (a day that the month does not have becomes its last: 31 January + 1 month = 28 or 29
/// February), then days, both on the wall clock of the zone; then hours of elapsed time.
UnixMs add(UnixMs at, const Duration& duration, const TimeZone& zone);
/// What a comparison can come out as; more than one when it depends on the day one begins with.
struct Ordering {
  bool less = false, equal = false, more = false;
  bool operator==(const Ordering&) const = default;
};
/// 6 months and 182 days: any of the three. 6 months and 181 days: equal or more. A day counts as 24 hours.
Ordering compare(const Duration& a, const Duration& b);

}  // namespace quietus::rules
