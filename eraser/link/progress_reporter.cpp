#include "eraser/link/progress_reporter.hpp"

#include <chrono>

namespace quietus::eraser {

ProgressReporter::ProgressReporter(KmsClient kms, HoldingId holding, int interval_ms)
    : kms_(std::move(kms)),
      holding_(std::move(holding)),
      interval_ms_(interval_ms),
      thread_([this] { report(); }) {}

ProgressReporter::~ProgressReporter() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void ProgressReporter::say(ReportedProgress progress) {
  {
    MutexLock lock(mutex_);
    latest_ = std::move(progress);
  }
  changed_.notify_all();
}

void ProgressReporter::report() {
  for (;;) {
    ReportedProgress progress;
    {
      MutexLock lock(mutex_);
      while (!latest_ && !stopping_) changed_.wait(mutex_);
      if (stopping_) return;
      progress = *std::exchange(latest_, std::nullopt);
    }
    const auto goes_on = kms_.report_progress(holding_, progress);  // unanswered: the next one tells more
    if (goes_on && !*goes_on) told_to_stop_ = true;
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(interval_ms_);
    MutexLock lock(mutex_);
    while (!stopping_ && changed_.wait_until(mutex_, until) != std::cv_status::timeout) {
    }
  }
}

}  // namespace quietus::eraser
