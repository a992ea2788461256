// Live progress per holding, as erasers report it. Not a fact: lost on restart, rebuilt by the next report.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/mutex.hpp"
#include "quietus/clock.hpp"
#include "quietus/ids.hpp"

namespace quietus::service {

struct Progress {
  std::string
      phase;  ///< "waiting", "overwriting", "stopping", "re-reading", "destroying key", "certifying", "done"
  std::uint64_t done_bytes = 0, total_bytes = 0, rate_bytes_per_s = 0;
  UnixMs updated;
};

class ProgressBoard {
 public:
  static constexpr std::size_t kMaxHoldings = 65536;

  void set(const HoldingId& holding, Progress progress) QUIETUS_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    if (board_.size() < kMaxHoldings || board_.contains(holding)) board_[holding] = std::move(progress);
  }
  [[nodiscard]] std::optional<Progress> get(const HoldingId& holding) const QUIETUS_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    const auto found = board_.find(holding);
    if (found == board_.end()) return std::nullopt;
    return found->second;
  }
  void drop(const HoldingId& holding) QUIETUS_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    board_.erase(holding);
  }

 private:
  mutable Mutex mutex_;
  std::map<HoldingId, Progress> board_ QUIETUS_GUARDED_BY(mutex_);
};

}  // namespace quietus::service
