// A fixed number of threads and a bounded queue in front of them.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "base/mutex.hpp"

namespace quietus::wire {

enum class Urgency { ordinary, urgent };

class WorkerPool {
 public:
  /// `urgent_depth`: places beyond `depth` that only urgent tasks may take.
  WorkerPool(std::size_t workers, std::size_t depth, std::size_t urgent_depth);
  ~WorkerPool();  ///< drops what waits, joins what runs
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// False when the queue is full or the pool has stopped; the task is then not taken. Urgent tasks overtake.
  [[nodiscard]] bool submit(std::function<void()> task, Urgency urgency);
  void stop();

 private:
  void work();

  const std::size_t depth_, urgent_depth_;
  Mutex mutex_;
  ConditionVariable wake_;
  std::deque<std::function<void()>> urgent_ QUIETUS_GUARDED_BY(mutex_);
  std::deque<std::function<void()>> ordinary_ QUIETUS_GUARDED_BY(mutex_);
  bool stopped_ QUIETUS_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace quietus::wire
