// Time: UTC milliseconds since 1970, and whether anybody outside this machine vouches for it.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace quietus {

struct UnixMs {
  std::int64_t value = 0;
  auto operator<=>(const UnixMs&) const = default;
};
inline UnixMs operator+(UnixMs t, std::int64_t ms) { return {t.value + ms}; }
inline std::int64_t operator-(UnixMs a, UnixMs b) { return a.value - b.value; }

inline constexpr std::int64_t kMinuteMs = 60'000, kHourMs = 60 * kMinuteMs, kDayMs = 24 * kHourMs;

/// What may() is told about the time. `confirmed`: a time-stamp token no older than the policy allows agrees
/// with the local clock, and the clock has not gone backwards since. Irreversible verbs need it.
struct ClockReading {
  UnixMs now;
  bool confirmed = false;
};

/// The wall clock as a dependency: tests substitute a hand-set one.
using WallClock = std::function<UnixMs()>;

}  // namespace quietus
