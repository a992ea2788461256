#include "eraser/link/work_loop.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <thread>

#include "base/log.hpp"
#include "base/utf8.hpp"
#include "eraser/link/holding_run.hpp"

namespace quietus::eraser {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kInventoryEvery{5000};  // kms forgets it when it restarts
constexpr milliseconds kFirstBackOff{200}, kLongestBackOff{10000};
constexpr int kGuardRefusals = 5;  // a medium may be busy for a moment; after that it is in use

/// What is remembered about a holding between attempts.
struct Attempt {
  Steady::time_point not_before;
  milliseconds back_off = kFirstBackOff;
  int refusals = 0;
};

class WorkLoop {
 public:
  WorkLoop(const EraserSettings& settings, KmsClient kms, const std::function<bool()>& stop)
      : settings_(settings), kms_(std::move(kms)), stop_(stop) {}

  void run() {
    while (!stop_()) {
      note(report_inventory(), "inventory not reported");
      if (auto work = kms_.work()) {
        forget_others(*work);
        for (const auto& item : *work) attempt(item);
      } else {
        note(std::unexpected(work.error()), "no answer about work");
      }
      pause(milliseconds(settings_.poll_ms));
    }
  }

 private:
  Status report_inventory() {
    QUIETUS_TRY(agent, AgentClient::connect(settings_.agent_socket));
    QUIETUS_TRY(devices, agent.list());
    const std::string text = devices.write();
    if (text == reported_ && Steady::now() - reported_at_ < kInventoryEvery) return {};
    QUIETUS_CHECK(kms_.report_inventory(devices));
    reported_ = text;
    reported_at_ = Steady::now();
    return {};
  }

  static std::string name_of(const WorkItem& item) { return item.order.text() + "." + item.holding.text(); }
  static std::string not_done(const std::string& name) { return "not done: " + name; }

  /// What kms no longer wants done is not remembered for ever.
  void forget_others(const std::vector<WorkItem>& work) {
    std::erase_if(attempts_, [&](const auto& one) {
      const bool wanted =
          std::ranges::any_of(work, [&](const auto& item) { return name_of(item) == one.first; });
      if (!wanted) noted_.erase(not_done(one.first));
      return !wanted;
    });
  }

  void attempt(const WorkItem& item) {
    auto& memory = attempts_[name_of(item)];
    if (stop_() || Steady::now() < memory.not_before) return;
    const auto verdict = run_holding(settings_, kms_, item, stop_);
    if (verdict) {
      const bool verified = *verdict == Verdict::verified;
      log(verified ? LogLevel::info : LogLevel::error,
          verified ? "evidence accepted" : "the medium is not erased: kms has the evidence",
          {{"holding", item.holding.text()}, {"order", item.order.text()}, {"verdict", to_string(*verdict)}});
      note(forget_run(settings_, item), "journal not removed");
      memory = {};
      memory.not_before = Steady::now() + kFirstBackOff;
      return;
    }
    memory.not_before = Steady::now() + memory.back_off;
    memory.back_off = std::min(memory.back_off * 2, kLongestBackOff);
    note(std::unexpected(verdict.error()), not_done(name_of(item)));
    if (is_definite(verdict.error(), memory)) report_failure(item, verdict.error());
  }

  static bool is_definite(const Error& error, Attempt& memory) {
    switch (error.kind) {
      case ErrorKind::unavailable:
      case ErrorKind::timed_out:
        return false;
      case ErrorKind::denied:
      case ErrorKind::not_found:
        return ++memory.refusals >= kGuardRefusals;
      default:
        return true;
    }
  }

  void report_failure(const WorkItem& item, const Error& error) {
    const auto reported =
        kms_.report_failure(item.holding, with_replacement_characters(error.message.substr(0, 1000)));
    note(reported, "failure not reported");
    if (reported) note(forget_run(settings_, item), "journal not removed");
  }

  /// One line per change, not one per poll.
  void note(const Status& status, const std::string& what) {
    const std::string text = status ? std::string{} : status.error().message;
    auto& last = noted_[what];
    if (last == text) return;
    last = text;
    if (!status) log(LogLevel::warning, what, {{"reason", text}, {"kind", to_string(status.error().kind)}});
  }

  void pause(milliseconds time) const {
    const auto until = Steady::now() + time;
    while (!stop_() && Steady::now() < until) std::this_thread::sleep_for(std::min(time, milliseconds(50)));
  }

  const EraserSettings& settings_;
  KmsClient kms_;
  const std::function<bool()>& stop_;
  std::string reported_;
  Steady::time_point reported_at_;
  std::map<std::string, Attempt> attempts_;
  std::map<std::string, std::string> noted_;
};

}  // namespace

Status work_until(const EraserSettings& settings, const std::function<bool()>& stop) {
  std::error_code error;
  std::filesystem::create_directories(settings.state_dir + "/journals", error);
  if (error) return fail(ErrorKind::io, settings.state_dir + " cannot be made: " + error.message());
  QUIETUS_TRY(kms, KmsClient::create(settings));
  WorkLoop(settings, std::move(kms), stop).run();
  return {};
}

}  // namespace quietus::eraser
