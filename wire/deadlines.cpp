#include "wire/deadlines.hpp"

#include <sys/socket.h>

namespace quietus::wire {

namespace {

std::int64_t steady_ns() {
  return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

}  // namespace

void Deadlines::look() {
  const std::int64_t now = steady_ns();
  const MutexLock lock(mutex_);
  for (WatchedSocket* socket : sockets_) {
    if (socket->due_ns_.load(std::memory_order_relaxed) > now || socket->over_) continue;
    socket->over_ = true;
    ::shutdown(socket->fd_, SHUT_RDWR);
  }
}

WatchedSocket::WatchedSocket(Deadlines& deadlines, int fd) : deadlines_(deadlines), fd_(fd) {
  const MutexLock lock(deadlines_.mutex_);
  deadlines_.sockets_.insert(this);
}

void WatchedSocket::set_deadline(int ms) {
  due_ns_.store(steady_ns() + std::int64_t{ms} * 1'000'000, std::memory_order_relaxed);
}

void WatchedSocket::shut() {
  const MutexLock lock(deadlines_.mutex_);
  if (deadlines_.sockets_.contains(this)) ::shutdown(fd_, SHUT_RDWR);
}

void WatchedSocket::forget() {
  const MutexLock lock(deadlines_.mutex_);
  deadlines_.sockets_.erase(this);
}

}  // namespace quietus::wire
