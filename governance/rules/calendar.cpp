#include "governance/rules/calendar.hpp"

#include <algorithm>
#include <chrono>

namespace quietus::rules {
namespace {

constexpr std::int64_t kMaxPeriods = 100'000;
constexpr int kMaxOffsetMinutes = 18 * 60;

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

bool leap(std::int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }
unsigned days_in(std::int64_t year, unsigned month) {
  static constexpr unsigned kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && leap(year) ? 29 : kDays[month - 1];
}

Date plus_months(const Date& date, std::int64_t months) {
  const std::int64_t total = date.year * 12 + (date.month - 1) + months;
  Date out{floor_div(total, 12), 1, 1};
  out.month = static_cast<unsigned>(total - out.year * 12) + 1;
  out.day = std::min(date.day, days_in(out.year, out.month));
  return out;
}

struct Span {
  std::int64_t shortest = 0, longest = 0;
};
/// Days that so many months can last; the calendar repeats after 4,800 months.
Span days_of_months(std::int64_t months) {
  Span span{INT64_MAX, INT64_MIN};
  for (std::int64_t start = 0; start < 4800; ++start) {
    const Date from = plus_months({2000, 1, 1}, start);
    const std::int64_t days = days_of(plus_months(from, months)) - days_of(from);
    span.shortest = std::min(span.shortest, days);
    span.longest = std::max(span.longest, days);
  }
  return span;
}

/// The number at the front, taken off; nothing when there is none or it is too long.
std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t value = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
    if (digits == 6) return std::nullopt;
    value = value * 10 + (text[digits] - '0');
  }
  if (digits == 0 || value > kMaxPeriods) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

}  // namespace

// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil and civil_from_days.
std::int64_t days_of(const Date& date) {
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = floor_div(year, 400);
  const std::int64_t of_era = year - era * 400;
  const std::int64_t month = (date.month + 9) % 12;
  const std::int64_t of_year = (153 * month + 2) / 5 + date.day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

Date date_of(std::int64_t days) {
  days += 719468;
  const std::int64_t era = floor_div(days, 146097);
  const std::int64_t of_era = days - era * 146097;
  const std::int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const std::int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const std::int64_t month = (5 * of_year + 2) / 153;
  Date date;
  date.day = static_cast<unsigned>(of_year - (153 * month + 2) / 5 + 1);
  date.month = static_cast<unsigned>(month < 10 ? month + 3 : month - 9);
  date.year = year + era * 400 + (date.month <= 2 ? 1 : 0);
  return date;
}

std::optional<Date> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  std::int64_t parts[3] = {};
  const std::string_view pieces[3] = {text.substr(0, 4), text.substr(5, 2), text.substr(8, 2)};
  for (int i = 0; i < 3; ++i) {
    for (const char c : pieces[i]) {
      if (c < '0' || c > '9') return std::nullopt;
      parts[i] = parts[i] * 10 + (c - '0');
    }
  }
  const Date date{parts[0], static_cast<unsigned>(parts[1]), static_cast<unsigned>(parts[2])};
  if (date.year < 1900 || date.month < 1 || date.month > 12) return std::nullopt;
  if (date.day < 1 || date.day > days_in(date.year, date.month)) return std::nullopt;
  return date;
}

std::string to_string(const Date& date) {
  const auto padded = [](std::int64_t value, std::size_t width) {
    std::string digits = std::to_string(value);
    return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
  };
  return padded(date.year, 4) + "-" + padded(date.month, 2) + "-" + padded(date.day, 2);
}

std::optional<Duration> parse_duration(std::string_view text) {
  static constexpr std::string_view kUnits[] = {"y", "mo", "d", "h"};
  Duration out;
  std::size_t next = 0;
  while (!text.empty()) {
    const auto count = take_number(text);
    if (!count) return std::nullopt;
    while (next < 4 && !text.starts_with(kUnits[next])) ++next;
    if (next == 4) return std::nullopt;
    text.remove_prefix(kUnits[next].size());
    if (next == 0) out.months += *count * 12;
    if (next == 1) out.months += *count;
    if (next == 2) out.days = *count;
    if (next == 3) out.hours = *count;
    if (++next == 4 && !text.empty()) return std::nullopt;
  }
  return next == 0 ? std::nullopt : std::optional(out);
}

TimeZone TimeZone::fixed(std::string name, int offset_minutes) {
  TimeZone zone;
  zone.name_ = std::move(name);
  zone.offset_before_ = std::clamp(offset_minutes, -kMaxOffsetMinutes, kMaxOffsetMinutes);
  return zone;
}

Result<TimeZone> TimeZone::with_changes(std::string name, int offset_before, std::vector<Change> changes) {
  const auto possible = [](int minutes) {
    return minutes >= -kMaxOffsetMinutes && minutes <= kMaxOffsetMinutes;
  };
  const bool ordered = std::ranges::adjacent_find(changes, [](const Change& a, const Change& b) {
                         return a.from >= b.from;
                       }) == changes.end();
  if (!ordered || !possible(offset_before) ||
      !std::ranges::all_of(changes, [&](const Change& change) { return possible(change.offset_minutes); })) {
    return fail(ErrorKind::invalid_input, "time zone " + name + ": changes out of order or beyond 18 hours");
  }
  TimeZone zone = fixed(std::move(name), offset_before);
  zone.changes_ = std::move(changes);
  return zone;
}

int TimeZone::offset_minutes(UnixMs at) const {
  const auto after = std::ranges::upper_bound(changes_, at, {}, &Change::from);
  return after == changes_.begin() ? offset_before_ : std::prev(after)->offset_minutes;
}

std::int64_t TimeZone::local(UnixMs at) const { return at.value + offset_minutes(at) * kMinuteMs; }

UnixMs TimeZone::instant(std::int64_t local_ms) const {
  // The first stretch of constant offset that is not over before the wall clock shows this time.
  int offset = offset_before_;
  for (const Change& change : changes_) {
    const UnixMs at{local_ms - offset * kMinuteMs};
    if (at < change.from) return at;
    if (local_ms < change.from.value + change.offset_minutes * kMinuteMs) return change.from;
    offset = change.offset_minutes;
  }
  return {local_ms - offset * kMinuteMs};
}

UnixMs TimeZone::midnight(const Date& date) const { return instant(days_of(date) * kDayMs); }
Date TimeZone::date(UnixMs at) const { return date_of(floor_div(local(at), kDayMs)); }

UnixMs add(UnixMs at, const Duration& duration, const TimeZone& zone) {
  UnixMs out = at;
  if (duration.months != 0 || duration.days != 0) {
    const std::int64_t local = zone.local(at);
    const std::int64_t day = floor_div(local, kDayMs);
    const Date moved = plus_months(date_of(day), duration.months);
    out = zone.instant((days_of(moved) + duration.days) * kDayMs + (local - day * kDayMs));
  }
  return out + duration.hours * kHourMs;
}

Ordering compare(const Duration& a, const Duration& b) {
  const std::int64_t months = a.months - b.months;
  const std::int64_t rest = (a.days - b.days) * kDayMs + (a.hours - b.hours) * kHourMs;
  Span span;
  if (months != 0) span = days_of_months(months);
  const std::int64_t low = span.shortest * kDayMs + rest, high = span.longest * kDayMs + rest;
  return {low < 0, low <= 0 && high >= 0, high > 0};
}

}  // namespace quietus::rules
