#include "kms/pkcs11/watchdog.hpp"

#include <algorithm>
#include <array>
#include <thread>

#include "base/log.hpp"
#include "base/mutex.hpp"

namespace quietus::pkcs11 {

namespace {

using namespace std::chrono_literals;

constexpr int kTicksPerDeadline = 10;

/// One thread's calls, on a cache line of its own: even = outside the library, odd = inside; each call counts
/// two.
struct alignas(64) Slot {
  std::atomic<std::uint64_t> calls{0};
  std::atomic<bool> taken{false};
};

std::array<Slot, InFlight::kMaxThreads>& slots() {
  static std::array<Slot, InFlight::kMaxThreads> all;
  return all;
}

Slot* take_slot() {
  for (Slot& slot : slots())
    if (!slot.taken.exchange(true)) return &slot;
  static std::atomic<bool> told = false;
  if (!told.exchange(true)) log(LogLevel::warning, "too many threads in the HSM library to watch them all");
  return nullptr;
}

/// Given back when the thread ends.
struct ThreadSlot {
  Slot* const slot = take_slot();
  ~ThreadSlot() {
    if (slot != nullptr) slot->taken = false;
  }
};

std::atomic<std::uint64_t>* calls_of_this_thread() {
  thread_local const ThreadSlot mine;
  return mine.slot == nullptr ? nullptr : &mine.slot->calls;
}

void count(std::atomic<std::uint64_t>* calls) {
  // Only this thread writes, so this is a plain increment that others may read.
  if (calls != nullptr) calls->store(calls->load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

}  // namespace

InFlight::InFlight() : calls_(calls_of_this_thread()) { count(calls_); }
InFlight::~InFlight() { count(calls_); }

struct Watchdog::State {
  State(std::chrono::milliseconds deadline_given, std::function<void(const std::string&)> told)
      : deadline(deadline_given), on_overdue(std::move(told)) {}

  void watch() {
    const auto tick = std::max<std::chrono::milliseconds>(deadline / kTicksPerDeadline, 1ms);
    while (!wait(tick))
      if (look()) return;
  }

  const std::chrono::milliseconds deadline;
  const std::function<void(const std::string&)> on_overdue;
  Mutex mutex;
  ConditionVariable wake;
  bool stopped QUIETUS_GUARDED_BY(mutex) = false;
  std::thread thread;

  void stop() {
    {
      const MutexLock lock(mutex);
      stopped = true;
    }
    wake.notify_all();
    thread.join();
  }

 private:
  struct Seen {
    std::uint64_t calls = 0;
    int ticks = 0;  ///< how often it was the same call
  };

  /// True when it is time to end.
  bool wait(std::chrono::milliseconds tick) {
    const auto until = std::chrono::steady_clock::now() + tick;
    MutexLock lock(mutex);
    while (!stopped && std::chrono::steady_clock::now() < until) wake.wait_until(mutex, until);
    return stopped;
  }

  /// True when a call is overdue; that was told.
  bool look() {
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      const std::uint64_t calls = slots()[i].calls.load(std::memory_order_relaxed);
      Seen& seen = seen_[i];
      seen.ticks = calls % 2 == 1 && calls == seen.calls ? seen.ticks + 1 : 0;
      seen.calls = calls;
      if (seen.ticks < kTicksPerDeadline) continue;
      on_overdue("a call into the HSM's library has not come back within " +
                 std::to_string(deadline.count()) + " ms");
      return true;
    }
    return false;
  }

  std::array<Seen, InFlight::kMaxThreads> seen_{};
};

Watchdog::Watchdog(std::chrono::milliseconds deadline, std::function<void(const std::string& why)> on_overdue)
    : state_(std::make_unique<State>(deadline, std::move(on_overdue))) {
  state_->thread = std::thread([state = state_.get()] { state->watch(); });
}
Watchdog::~Watchdog() { state_->stop(); }

}  // namespace quietus::pkcs11
