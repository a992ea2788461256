#include "kms/timestamp/confirmed_clock.hpp"

#include <time.h>

#include <chrono>
#include <cstdlib>

#include "base/encoding.hpp"
#include "base/log.hpp"

namespace quietus::timestamp {

TimeSources system_sources(std::function<Result<UnixMs>()> authority) {
  const auto boot_ms = [] {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
  };
  return {&system_now, boot_ms, std::move(authority)};
}

ConfirmedClock::ConfirmedClock(TimeSources sources, ConfirmedClockSettings settings)
    : sources_(std::move(sources)), settings_(settings) {}

ConfirmedClock::~ConfirmedClock() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void ConfirmedClock::start() {
  thread_ = std::thread([this] { run(); });
}

ClockReading ConfirmedClock::reading() const {
  const UnixMs wall = sources_.wall();
  const std::int64_t boot_ms = sources_.boot_ms();
  MutexLock lock(mutex_);
  if (!newest_) return {wall, false};
  const std::int64_t since_token_ms = boot_ms - newest_->boot_ms;
  const std::int64_t drift_ms = (wall - newest_->wall) - since_token_ms;
  const bool young = since_token_ms >= 0 && since_token_ms <= settings_.max_age_ms;
  return {wall, young && std::abs(drift_ms) <= settings_.drift_ms};
}

Status ConfirmedClock::ask() {
  const UnixMs before = sources_.wall();
  QUIETUS_TRY(authority, sources_.authority());
  const UnixMs after = sources_.wall();
  // The authority's time must lie between question and answer, give or take the tolerance.
  if (authority < before + -settings_.tolerance_ms || after + settings_.tolerance_ms < authority) {
    MutexLock lock(mutex_);
    newest_.reset();
    return fail(ErrorKind::verification_failed,
                "the clock says " + rfc3339(after) + ", the time-stamp authority " + rfc3339(authority),
                "set the clock of this machine; nothing irreversible happens until they agree");
  }
  MutexLock lock(mutex_);
  newest_ = Confirmation{after, sources_.boot_ms()};
  return {};
}

void ConfirmedClock::run() {
  for (;;) {
    const Status asked = ask();
    if (!asked) log(LogLevel::warning, "the clock is not confirmed", {{"why", asked.error().message}});
    const auto pause = std::chrono::seconds(asked ? settings_.interval_s : settings_.retry_s);
    MutexLock lock(mutex_);
    if (!stopping_) wake_.wait_for(mutex_, pause);
    if (stopping_) return;
  }
}

}  // namespace quietus::timestamp
