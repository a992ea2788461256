// Deadlines of many sockets under one timer. A deadline that is kept, as nearly all are, costs a store to
// memory; one that passes is found at the next look.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <set>

#include "base/mutex.hpp"

namespace quietus::wire {

class WatchedSocket;

/// Thread-safe. Outlives its sockets.
class Deadlines {
 public:
  /// How late a deadline may be found to have passed; never early.
  static constexpr std::chrono::milliseconds kLookEvery{100};

  /// Shuts every socket whose deadline has passed: whoever reads or writes there is woken.
  void look() QUIETUS_EXCLUDES(mutex_);

 private:
  friend class WatchedSocket;
  Mutex mutex_;
  std::set<WatchedSocket*> sockets_ QUIETUS_GUARDED_BY(mutex_);
};

/// One socket among them. The descriptor is the owner's, who calls forget() before it is closed.
class WatchedSocket {
 public:
  WatchedSocket(Deadlines& deadlines, int fd);
  ~WatchedSocket() { forget(); }
  WatchedSocket(const WatchedSocket&) = delete;
  WatchedSocket& operator=(const WatchedSocket&) = delete;

  /// From now on, instead of the deadline before.
  void set_deadline(int ms);
  void clear_deadline() { due_ns_.store(kNever, std::memory_order_relaxed); }
  /// The deadline has passed and the socket was shut.
  [[nodiscard]] bool over() const { return over_.load(); }
  /// Wakes whoever waits on the socket, from any thread.
  void shut();
  /// The descriptor is not touched any more when this returns.
  void forget();

 private:
  friend class Deadlines;
  static constexpr std::int64_t kNever = INT64_MAX;
  Deadlines& deadlines_;
  const int fd_;
  std::atomic<std::int64_t> due_ns_{kNever};
  std::atomic<bool> over_{false};
};

}  // namespace quietus::wire
