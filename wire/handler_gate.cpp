#include "wire/handler_gate.hpp"

#include <utility>

namespace quietus::wire {

bool HandlerGate::try_enter() {
  const MutexLock lock(mutex_);
  if (stopped_ || inside_ >= places_) return false;
  ++inside_;
  return true;
}

HandlerGate::Entry HandlerGate::enter(Urgency urgency, Resume& resume) {
  const MutexLock lock(mutex_);
  if (stopped_) return Entry::full;
  if (inside_ < places_) {
    ++inside_;
    return Entry::taken;
  }
  const bool urgent = urgency == Urgency::urgent;
  if (ordinary_.size() + urgent_.size() >= depth_ + (urgent ? urgent_depth_ : 0)) return Entry::full;
  (urgent ? urgent_ : ordinary_).push_back(std::move(resume));
  return Entry::waiting;
}

void HandlerGate::leave() {
  Resume next;
  {
    const MutexLock lock(mutex_);
    auto& queue = urgent_.empty() ? ordinary_ : urgent_;
    if (stopped_ || queue.empty()) {
      --inside_;
      return;
    }
    next = std::move(queue.front());
    queue.pop_front();
  }
  next();
}

void HandlerGate::stop() {
  const MutexLock lock(mutex_);
  stopped_ = true;
}

void HandlerGate::drop_waiting() {
  std::deque<Resume> urgent, ordinary;  // end outside the lock: they may hold whole connections
  const MutexLock lock(mutex_);
  urgent.swap(urgent_);
  ordinary.swap(ordinary_);
}

}  // namespace quietus::wire
