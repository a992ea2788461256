// Compares chunks of a medium with what a plan must have left, in a thread of its own.
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "base/mutex.hpp"
#include "quietus/media.hpp"
#include "quietus/result.hpp"

namespace quietus::eraser {

class Comparer {
 public:
  struct Chunk {
    std::uint64_t offset = 0;
    std::span<const std::uint8_t> data;
    std::size_t buffer = 0;
    std::optional<std::uint64_t> differs_at;  ///< first byte of the medium that is not what it must be
  };

  explicit Comparer(const Plan& plan);
  ~Comparer();
  Comparer(const Comparer&) = delete;
  Comparer& operator=(const Comparer&) = delete;

  /// At once, in the caller's thread, when there is nothing to generate and the processor compares faster
  /// than another thread would wake up; false when the plan is of the other kind.
  bool compare_here(Chunk& chunk) const;
  /// The data is left alone until it comes back.
  void give(const Chunk& chunk);
  /// The next that was compared; waits for it when `wait`, and there must be one then.
  [[nodiscard]] Result<std::optional<Chunk>> take(bool wait);

 private:
  void work();

  const Plan plan_;
  const std::vector<std::uint8_t> zeros_;
  Mutex mutex_;
  ConditionVariable changed_;
  std::deque<Chunk> given_ QUIETUS_GUARDED_BY(mutex_), compared_ QUIETUS_GUARDED_BY(mutex_);
  std::optional<Error> failure_ QUIETUS_GUARDED_BY(mutex_);
  bool ending_ QUIETUS_GUARDED_BY(mutex_) = false;
  std::thread worker_;
};

}  // namespace quietus::eraser
