#include "lab/supervisor.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <filesystem>
#include <optional>
#include <thread>

#include "base/log.hpp"
#include "base/process.hpp"
#include "lab/process_record.hpp"

namespace quietus::lab {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kFirstPause = 100ms, kLongestPause = 5000ms;
constexpr auto kStableAfter = 10s;
constexpr int kGraceMs = 15000;

class Supervisor {
 public:
  explicit Supervisor(const SuperviseSettings& settings) : settings_(settings) {}

  Status run() {
    while (!over()) {
      QUIETUS_CHECK(start());
      const int status = wait();
      std::filesystem::remove(settings_.record);
      if (over()) break;
      if (status == settings_.ends_for_good) {
        log(LogLevel::error, "daemon ended for good, not starting it again",
            {{"daemon", settings_.name}, {"status", status}});
        break;
      }
      pause_before_restart(status);
    }
    return {};
  }

 private:
  bool over() const {
    std::error_code error;
    if (stop_requested() || Clock::now() >= end_ || std::filesystem::exists(settings_.stop_file, error))
      return true;
    return !std::filesystem::exists(settings_.child.folder,
                                    error);  // removed under us: nobody can ask us to stop
  }

  Status start() {
    started_ = Clock::now();
    starts_.push_back(started_);
    auto pid = start_child(settings_.child);
    if (!pid) return std::unexpected(pid.error());
    pid_ = *pid;
    if (const auto record = process_now(pid_)) QUIETUS_CHECK(save_record(settings_.record, *record));
    return {};
  }

  /// Exit status of the daemon, after ending it when it is time.
  int wait() {
    std::optional<Clock::time_point> kill_at;
    for (;;) {
      int status = 0;
      if (::waitpid(pid_, &status, WNOHANG) == pid_) {
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      }
      if (!kill_at && over()) {
        ::kill(pid_, SIGTERM);
        kill_at = Clock::now() + std::chrono::milliseconds(kGraceMs);
      }
      if (kill_at && Clock::now() >= *kill_at) ::kill(pid_, SIGKILL);
      std::this_thread::sleep_for(20ms);
    }
  }

  void pause_before_restart(int status) {
    log(LogLevel::warning, "daemon ended, starting it again",
        {{"daemon", settings_.name}, {"status", status}});
    const bool healthy = Clock::now() - started_ > kStableAfter || status == settings_.asks_again;
    pause_ = healthy ? kFirstPause : std::min(pause_ * 2, kLongestPause);
    auto until = Clock::now() + pause_;
    while (!starts_.empty() && starts_.front() < Clock::now() - 60s) starts_.pop_front();
    if (starts_.size() >= static_cast<std::size_t>(settings_.restarts_a_minute)) {
      until = std::max(until, starts_.front() + 60s);
    }
    while (Clock::now() < until && !over()) std::this_thread::sleep_for(20ms);
  }

  const SuperviseSettings& settings_;
  const Clock::time_point end_ = Clock::now() + std::chrono::seconds(settings_.lifetime_s);
  std::deque<Clock::time_point> starts_;
  Clock::time_point started_;
  std::chrono::milliseconds pause_ = kFirstPause / 2;
  pid_t pid_ = 0;
};

}  // namespace

Status supervise(const SuperviseSettings& settings) {
  const auto self = process_now(::getpid());
  if (!self) return fail(ErrorKind::internal, "this process is not in /proc");
  QUIETUS_CHECK(save_record(settings.own_record, *self));
  const Status result = Supervisor(settings).run();
  std::error_code error;
  std::filesystem::remove(settings.record, error);
  std::filesystem::remove(settings.own_record, error);
  return result;
}

}  // namespace quietus::lab
