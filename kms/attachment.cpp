// Waiting for a token that is away. The library is tried in fresh processes: most libraries learn which
// tokens there are once, when they are initialised, and one that hangs or crashes must not take the daemon's
// port with it.
#include <algorithm>
#include <chrono>
#include <thread>

#include "base/log.hpp"
#include "base/process.hpp"
#include "kms/child.hpp"
#include "kms/house.hpp"

namespace quietus::kms {
namespace {

constexpr int kFirstPauseS = 1, kLongestPauseS = 30;
constexpr int kAttachTimeoutMs = 60 * 1000;  ///< many calls, each with its own deadline

/// nullopt: it did not end in time, or we are to stop.
Result<std::optional<int>> try_in_fresh_process(const Settings& settings) {
  QUIETUS_TRY(child, Child::start({"attach", "--config", settings.config_path}));
  return child.wait(std::max(kAttachTimeoutMs, 2 * settings.hsm.call_deadline_ms));
}

void sleep_unless_stopped(int seconds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (!stop_requested() && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
}

}  // namespace

int attach(const Settings& settings) {
  const auto hsm = attach_token(settings);
  return hsm ? 0 : report(hsm.error());
}

Result<bool> wait_for_token(const Settings& settings, const std::function<void(int pause_s)>& pause) {
  for (int pause_s = kFirstPauseS; !stop_requested(); pause_s = std::min(pause_s * 2, kLongestPauseS)) {
    const auto status = try_in_fresh_process(settings);
    if (status && *status == 0) return true;
    if (status && *status == kExitRefused)
      return fail(ErrorKind::unauthenticated,
                  "the token refuses the PIN; it was tried once and is not tried again",
                  "correct the PIN file, then start quietus-kms again");
    if (status && *status == kExitUsage)
      return fail(ErrorKind::invalid_input, "the token cannot be attached with this configuration",
                  "its own words are in the log, before these");
    if (stop_requested()) break;
    log(LogLevel::warning, "the token is away, waiting for it",
        {{"status", status && *status ? **status : -1}, {"next_try_s", pause_s}});
    pause(pause_s);
    sleep_unless_stopped(pause_s);
  }
  return false;
}

}  // namespace quietus::kms
