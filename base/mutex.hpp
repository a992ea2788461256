// std::mutex with Clang thread-safety annotations (https://clang.llvm.org/docs/ThreadSafetyAnalysis.html).
#pragma once

#include <condition_variable>
#include <mutex>

#define QUIETUS_GUARDED_BY(x) __attribute__((guarded_by(x)))
#define QUIETUS_REQUIRES(...) __attribute__((requires_capability(__VA_ARGS__)))
#define QUIETUS_EXCLUDES(...) __attribute__((locks_excluded(__VA_ARGS__)))

namespace quietus {

class __attribute__((capability("mutex"))) Mutex {
 public:
  void lock() __attribute__((acquire_capability())) { mutex_.lock(); }
  void unlock() __attribute__((release_capability())) { mutex_.unlock(); }
  bool try_lock() __attribute__((try_acquire_capability(true))) { return mutex_.try_lock(); }

 private:
  std::mutex mutex_;
};

class __attribute__((scoped_lockable)) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) __attribute__((acquire_capability(mutex))) : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() __attribute__((release_capability())) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

/// Waits on a Mutex that the caller holds through a MutexLock.
using ConditionVariable = std::condition_variable_any;

}  // namespace quietus
