// How far something is: a bar that redraws itself on a terminal, a line every few seconds elsewhere. On
// standard error.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace quietus::cli {

class ProgressLine {
 public:
  explicit ProgressLine(std::string label);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// rate_bytes_per_s 0: measured here. total_bytes 0: unknown, no bar. `what` follows the numbers.
  void show(std::uint64_t done_bytes, std::uint64_t total_bytes, std::uint64_t rate_bytes_per_s = 0,
            const std::string& what = {});
  /// Another label; the bar before stays on the screen.
  void next(std::string label);
  void end();

 private:
  using Clock = std::chrono::steady_clock;
  std::string label_;
  const bool terminal_;
  bool drawn_ = false;
  Clock::time_point began_, shown_;
};

std::string human_size(std::uint64_t bytes);        ///< "1.5 GiB"
std::string human_duration(std::uint64_t seconds);  ///< "1:02:03", "02:03"
std::string bar(std::uint64_t done, std::uint64_t total, std::size_t columns);

}  // namespace quietus::cli
