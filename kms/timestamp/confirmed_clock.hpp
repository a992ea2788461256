// A clock that somebody else vouches for. Irreversible verbs need a reading that is `confirmed`.
#pragma once

#include <functional>
#include <optional>
#include <thread>

#include "base/mutex.hpp"
#include "quietus/clock.hpp"
#include "quietus/result.hpp"

namespace quietus::timestamp {

/// Time sources, replaced in tests. `boot_ms` never stops and never jumps (CLOCK_BOOTTIME).
struct TimeSources {
  std::function<UnixMs()> wall;
  std::function<std::int64_t()> boot_ms;
  /// Asks the authority now: its time. Takes as long as it takes.
  std::function<Result<UnixMs>()> authority;
};
TimeSources system_sources(std::function<Result<UnixMs>()> authority);

struct ConfirmedClockSettings {
  int interval_s = 60;                ///< between questions
  int retry_s = 2;                    ///< after a failed one
  std::int64_t max_age_ms = 600'000;  ///< a token older than this confirms nothing
  std::int64_t tolerance_ms = 5000;   ///< between the authority's time and ours, round trip included
  std::int64_t drift_ms = 2000;       ///< wall clock against CLOCK_BOOTTIME since the token
};

class ConfirmedClock {
 public:
  ConfirmedClock(TimeSources sources, ConfirmedClockSettings settings);
  ~ConfirmedClock();
  ConfirmedClock(const ConfirmedClock&) = delete;
  ConfirmedClock& operator=(const ConfirmedClock&) = delete;

  /// Starts asking in the background, the first time at once.
  void start();
  /// `confirmed` iff the newest token is young enough, agreed with the wall clock when it came, and the wall
  /// clock has kept pace with CLOCK_BOOTTIME since. Anything unknown is `unconfirmed`.
  [[nodiscard]] ClockReading reading() const QUIETUS_EXCLUDES(mutex_);
  /// One question; public so that tests can step it.
  Status ask() QUIETUS_EXCLUDES(mutex_);

 private:
  struct Confirmation {
    UnixMs wall;           ///< ours when the token came
    std::int64_t boot_ms;  ///< the same instant
  };
  void run();

  const TimeSources sources_;
  const ConfirmedClockSettings settings_;
  mutable Mutex mutex_;
  ConditionVariable wake_;
  std::optional<Confirmation> newest_ QUIETUS_GUARDED_BY(mutex_);
  bool stopping_ QUIETUS_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace quietus::timestamp
