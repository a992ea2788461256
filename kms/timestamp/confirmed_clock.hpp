// The wall clock, and whether somebody outside vouches for it. Irreversible verbs need that: root can set a
// clock forward past every retention period.
#pragma once

#include <functional>
#include <optional>
#include <thread>

#include "base/mutex.hpp"
#include "quietus/clock.hpp"
#include "quietus/result.hpp"

namespace quietus::timestamp {

struct ConfirmedClockSettings {
  std::int64_t interval_ms = 5 * 60 * 1000;  ///< between tokens
  std::int64_t retry_ms = 10 * 1000;         ///< after a failure
  std::int64_t max_age_ms = 15 * 60 * 1000;  ///< a token older than this vouches for nothing
  std::int64_t tolerance_ms = 5 * 1000;      ///< between wall clock and token, round trip included
  std::int64_t drift_ms = 2 * 1000;          ///< between wall clock and boot clock, since the token
};

/// What the clock is made from; tests put their own here.
struct ClockSources {
  /// A verified token over fresh random bytes, and its genTime.
  std::function<Result<UnixMs>()> ask_authority;
  WallClock wall;
  /// CLOCK_BOOTTIME: goes on in suspend, and nobody can set it.
  std::function<std::int64_t()> boot_ms;
};
std::int64_t boot_clock_ms();

/// Thread-safe.
class ConfirmedClock {
 public:
  ConfirmedClock(ConfirmedClockSettings settings, ClockSources sources);
  ~ConfirmedClock();  ///< stop()
  ConfirmedClock(const ConfirmedClock&) = delete;
  ConfirmedClock& operator=(const ConfirmedClock&) = delete;

  /// Asks at once and then every interval_ms, in a thread of its own.
  void start();
  void stop();
  /// One round: what the thread does. A failure leaves the last token to grow old.
  Status refresh();

  /// confirmed: the last token is no older than max_age_ms by the boot clock, agreed with the wall clock
  /// within tolerance_ms when it came, and since then the wall clock has moved as the boot clock did, within
  /// drift_ms.
  [[nodiscard]] ClockReading reading() const;

 private:
  struct Anchor {
    UnixMs token, wall;
    std::int64_t boot_ms = 0;
  };
  void run();
  [[nodiscard]] bool vouched(const Anchor& anchor, UnixMs wall, std::int64_t boot) const;

  const ConfirmedClockSettings settings_;
  const ClockSources sources_;
  mutable Mutex mutex_;
  ConditionVariable wake_;
  std::optional<Anchor> anchor_ QUIETUS_GUARDED_BY(mutex_);
  bool stopping_ QUIETUS_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace quietus::timestamp
