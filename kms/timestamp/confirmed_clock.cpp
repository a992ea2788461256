#include "kms/timestamp/confirmed_clock.hpp"

#include <time.h>

#include <chrono>
#include <cstdlib>

#include "base/log.hpp"

namespace quietus::timestamp {

std::int64_t boot_clock_ms() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

ConfirmedClock::ConfirmedClock(ConfirmedClockSettings settings, ClockSources sources)
    : settings_(settings), sources_(std::move(sources)) {}

ConfirmedClock::~ConfirmedClock() { stop(); }

void ConfirmedClock::start() {
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
}

void ConfirmedClock::stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

// genTime lies between question and answer: a slow answer widens what is known, and must not confirm a wrong
// clock.
Status ConfirmedClock::refresh() {
  const std::int64_t asked = sources_.boot_ms();
  QUIETUS_TRY(token, sources_.ask_authority());
  const std::int64_t boot = sources_.boot_ms();
  const UnixMs wall = sources_.wall();
  if (boot - asked > settings_.tolerance_ms) {
    return fail(ErrorKind::timed_out, "the time-stamp authority took too long to say what time it is");
  }
  const MutexLock lock(mutex_);
  anchor_ = Anchor{token, wall, boot};
  if (std::abs(wall - token) > settings_.tolerance_ms) {
    return fail(ErrorKind::verification_failed,
                "the clock of this machine is wrong by more than the tolerance", "set the clock");
  }
  return {};
}

bool ConfirmedClock::vouched(const Anchor& anchor, UnixMs wall, std::int64_t boot) const {
  const std::int64_t age = boot - anchor.boot_ms;
  if (age < 0 || age > settings_.max_age_ms) return false;
  if (std::abs(anchor.wall - anchor.token) > settings_.tolerance_ms) return false;
  return std::abs((wall - anchor.wall) - age) <= settings_.drift_ms;
}

ClockReading ConfirmedClock::reading() const {
  const MutexLock lock(mutex_);
  const UnixMs wall = sources_.wall();
  return {wall, anchor_.has_value() && vouched(*anchor_, wall, sources_.boot_ms())};
}

void ConfirmedClock::run() {
  bool worked = true;
  for (;;) {
    const Status refreshed = refresh();
    if (!refreshed && worked)
      log(LogLevel::warning, "the clock is not confirmed", {{"why", refreshed.error().message}});
    if (refreshed && !worked) log(LogLevel::info, "the clock is confirmed again");
    worked = refreshed.has_value();
    const auto pause = std::chrono::milliseconds(worked ? settings_.interval_ms : settings_.retry_ms);
    const auto until = std::chrono::steady_clock::now() + pause;
    const MutexLock lock(mutex_);
    while (!stopping_ && std::chrono::steady_clock::now() < until) wake_.wait_until(mutex_, until);
    if (stopping_) return;
  }
}

}  // namespace quietus::timestamp
