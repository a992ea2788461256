// How many requests are carried out at a time, and a bounded queue for those that wait.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>

#include "base/mutex.hpp"

namespace quietus::wire {

enum class Urgency { ordinary, urgent };

/// Handlers block: who has a place may keep a thread of the server from everything else. There are fewer
/// places than threads, so that one is always left that reads, answers and refuses. Thread-safe.
class HandlerGate {
 public:
  /// Called once, by whoever leaves, when a place is handed over; not under the gate's lock.
  using Resume = std::move_only_function<void()>;
  enum class Entry { taken, waiting, full };

  /// `urgent_depth`: how many more may wait than `depth`, if they are urgent.
  HandlerGate(std::size_t places, std::size_t depth, std::size_t urgent_depth)
      : places_(places), depth_(depth), urgent_depth_(urgent_depth) {}

  /// A place that is free; nobody waits then.
  [[nodiscard]] bool try_enter() QUIETUS_EXCLUDES(mutex_);
  /// A place, or one later; urgent ones overtake. `resume` is kept only when the answer is `waiting`.
  [[nodiscard]] Entry enter(Urgency urgency, Resume& resume) QUIETUS_EXCLUDES(mutex_);
  /// Hands the place to the next that waits.
  void leave() QUIETUS_EXCLUDES(mutex_);
  /// Lets nobody in any more, and nobody on who waits.
  void stop() QUIETUS_EXCLUDES(mutex_);
  /// Forgets who waits.
  void drop_waiting() QUIETUS_EXCLUDES(mutex_);

 private:
  const std::size_t places_, depth_, urgent_depth_;
  Mutex mutex_;
  std::size_t inside_ QUIETUS_GUARDED_BY(mutex_) = 0;
  std::deque<Resume> urgent_ QUIETUS_GUARDED_BY(mutex_);
  std::deque<Resume> ordinary_ QUIETUS_GUARDED_BY(mutex_);
  bool stopped_ QUIETUS_GUARDED_BY(mutex_) = false;
};

}  // namespace quietus::wire
