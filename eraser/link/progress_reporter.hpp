// Tells kms how far a run is, from a thread of its own: a slow or absent kms never slows the overwrite.
#pragma once

#include <atomic>
#include <optional>
#include <thread>

#include "base/mutex.hpp"
#include "eraser/link/kms_client.hpp"

namespace quietus::eraser {

class ProgressReporter {
 public:
  /// `kms` is this reporter's own. At most one report per `interval_ms`; failures to report are dropped.
  ProgressReporter(KmsClient kms, HoldingId holding, int interval_ms = 500);
  ~ProgressReporter();  ///< drops what was not yet said
  ProgressReporter(const ProgressReporter&) = delete;
  ProgressReporter& operator=(const ProgressReporter&) = delete;

  void say(ReportedProgress progress) QUIETUS_EXCLUDES(mutex_);
  /// kms answered that the run has to stop. For good: what goes on goes on under another mandate.
  [[nodiscard]] bool told_to_stop() const { return told_to_stop_; }

 private:
  void report() QUIETUS_EXCLUDES(mutex_);

  KmsClient kms_;
  const HoldingId holding_;
  const int interval_ms_;
  std::atomic<bool> told_to_stop_ = false;
  Mutex mutex_;
  ConditionVariable changed_;
  std::optional<ReportedProgress> latest_ QUIETUS_GUARDED_BY(mutex_);
  bool stopping_ QUIETUS_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace quietus::eraser
