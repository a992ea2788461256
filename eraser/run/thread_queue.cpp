#include "eraser/run/thread_queue.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <deque>
#include <thread>

#include "base/file.hpp"
#include "base/mutex.hpp"

namespace quietus::eraser {
namespace {

/// Outlives the queue while a thread hangs in the kernel, with a descriptor of its own: the caller's number
/// may be another file's by then.
struct Shared {
  Shared(int descriptor_of_medium, std::size_t memory_bytes)
      : descriptor(fcntl(descriptor_of_medium, F_DUPFD_CLOEXEC, 0)), memory(memory_bytes) {}
  Fd descriptor;
  const TransferMemory memory;
  Mutex mutex;
  ConditionVariable asked_changed, answered_changed;
  std::deque<IoRequest> asked QUIETUS_GUARDED_BY(mutex);
  std::deque<IoAnswer> answered QUIETUS_GUARDED_BY(mutex);
  std::size_t running QUIETUS_GUARDED_BY(mutex) = 0;
  bool ending QUIETUS_GUARDED_BY(mutex) = false;
};

std::int64_t carry_out(int descriptor, const IoRequest& request) {
  const auto at = static_cast<off_t>(request.offset);
  std::int64_t result = 0;
  switch (request.action) {
    case IoAction::flush:
      result = fsync(descriptor);
      break;
    case IoAction::write:
      result = pwrite(descriptor, request.data.data(), request.data.size(), at);
      break;
    case IoAction::read:
      result = pread(descriptor, request.data.data(), request.data.size(), at);
      break;
  }
  return result < 0 ? -errno : result;
}

void serve(const std::shared_ptr<Shared>& shared) {
  for (;;) {
    IoRequest request;
    {
      MutexLock lock(shared->mutex);
      while (shared->asked.empty() && !shared->ending) shared->asked_changed.wait(shared->mutex);
      if (shared->ending) {
        if (--shared->running == 0) shared->descriptor = Fd{};  // whoever waits for us may claim the medium
        shared->answered_changed.notify_all();
        return;
      }
      request = shared->asked.front();
      shared->asked.pop_front();
    }
    const auto result = carry_out(shared->descriptor.get(), request);
    MutexLock lock(shared->mutex);
    shared->answered.push_back({request.tag, result});
    shared->answered_changed.notify_one();
  }
}

class ThreadQueue final : public IoQueue {
 public:
  ThreadQueue(int descriptor, std::size_t threads, std::size_t memory_bytes)
      : shared_(std::make_shared<Shared>(descriptor, memory_bytes)), threads_(threads) {
    {
      MutexLock lock(shared_->mutex);
      shared_->running = threads;
    }
    for (std::size_t i = 0; i < threads; ++i) std::thread([shared = shared_] { serve(shared); }).detach();
  }
  /// Idle threads are gone when this returns; one that hangs is not waited for longer than a moment.
  ~ThreadQueue() override {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    MutexLock lock(shared_->mutex);
    shared_->ending = true;
    shared_->asked_changed.notify_all();
    while (shared_->running > 0 &&
           shared_->answered_changed.wait_until(shared_->mutex, until) != std::cv_status::timeout) {
    }
  }

  [[nodiscard]] std::string name() const override { return std::to_string(threads_) + " threads, psync"; }
  [[nodiscard]] std::size_t most_in_flight() const override { return threads_; }
  [[nodiscard]] std::span<std::uint8_t> memory() override { return shared_->memory.span(); }

  [[nodiscard]] Status submit(const IoRequest& request) override {
    MutexLock lock(shared_->mutex);
    shared_->asked.push_back(request);
    shared_->asked_changed.notify_one();
    return {};
  }

  [[nodiscard]] Result<IoAnswer> wait(std::int64_t timeout_ms) override {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
    MutexLock lock(shared_->mutex);
    while (shared_->answered.empty()) {
      if (shared_->answered_changed.wait_until(shared_->mutex, until) == std::cv_status::timeout &&
          shared_->answered.empty())
        return fail(ErrorKind::timed_out, "no answer for " + std::to_string(timeout_ms) + " ms");
    }
    const IoAnswer answer = shared_->answered.front();
    shared_->answered.pop_front();
    return answer;
  }

 private:
  const std::shared_ptr<Shared> shared_;
  const std::size_t threads_;
};

}  // namespace

std::unique_ptr<IoQueue> open_thread_queue(int descriptor, std::size_t threads, std::size_t memory_bytes) {
  return std::make_unique<ThreadQueue>(descriptor, threads, memory_bytes);
}

}  // namespace quietus::eraser
