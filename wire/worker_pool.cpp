#include "wire/worker_pool.hpp"

#include <utility>

namespace quietus::wire {

WorkerPool::WorkerPool(std::size_t workers, std::size_t depth, std::size_t urgent_depth)
    : depth_(depth), urgent_depth_(urgent_depth) {
  for (std::size_t i = 0; i < workers; ++i) threads_.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() { stop(); }

bool WorkerPool::submit(std::function<void()> task, Urgency urgency) {
  {
    const MutexLock lock(mutex_);
    const bool urgent = urgency == Urgency::urgent;
    const std::size_t waiting = ordinary_.size() + urgent_.size();
    if (stopped_ || waiting >= depth_ + (urgent ? urgent_depth_ : 0)) return false;
    (urgent ? urgent_ : ordinary_).push_back(std::move(task));
  }
  wake_.notify_one();
  return true;
}

void WorkerPool::stop() {
  {
    const MutexLock lock(mutex_);
    stopped_ = true;
    urgent_.clear();
    ordinary_.clear();
  }
  wake_.notify_all();
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void WorkerPool::work() {
  for (;;) {
    std::function<void()> task;
    {
      const MutexLock lock(mutex_);
      while (!stopped_ && urgent_.empty() && ordinary_.empty()) wake_.wait(mutex_);
      if (stopped_) return;
      auto& queue = urgent_.empty() ? ordinary_ : urgent_;
      task = std::move(queue.front());
      queue.pop_front();
    }
    task();
  }
}

}  // namespace quietus::wire
