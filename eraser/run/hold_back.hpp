// When a run may begin nothing new: it is paused, or faster than it was allowed.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>

namespace quietus::eraser {

class HoldBack {
 public:
  HoldBack(std::function<bool()> pause, std::uint64_t most_bytes_per_s)
      : pause_(std::move(pause)), most_bytes_per_s_(most_bytes_per_s) {}

  [[nodiscard]] bool now() const { return (pause_ && pause_()) || Clock::now() < next_; }
  /// So many bytes have been begun.
  void spent(std::size_t bytes) {
    if (most_bytes_per_s_ == 0) return;
    const std::chrono::duration<double> worth(static_cast<double>(bytes) /
                                              static_cast<double>(most_bytes_per_s_));
    next_ = std::max(next_, Clock::now()) + std::chrono::duration_cast<Clock::duration>(worth);
  }

 private:
  using Clock = std::chrono::steady_clock;
  const std::function<bool()> pause_;
  const std::uint64_t most_bytes_per_s_;
  Clock::time_point next_;
};

}  // namespace quietus::eraser
