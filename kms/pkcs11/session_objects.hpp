// Keys that are session objects die with the session that made them (PKCS#11 v2.40 §4.4), so one session, the
// owner, makes all those that are used for longer than a call, and stays open. Any session may use them.
#pragma once

#include <atomic>
#include <optional>
#include <vector>

#include "base/mutex.hpp"
#include "kms/pkcs11/session_pool.hpp"

namespace quietus::pkcs11 {

class Token;

class SessionObjects {
 public:
  explicit SessionObjects(Token& token) : token_(token) {}

  /// The owner session, opened on first use.
  Result<Lease*> owner() QUIETUS_REQUIRES(mutex);
  /// Closes it: each of its keys has ended.
  void end_owner() QUIETUS_REQUIRES(mutex);
  /// Which life of which owner session is running; no two of a process are equal, and 0 means none. A key of
  /// another generation has ended, and its handle may name something else by now.
  [[nodiscard]] std::uint64_t generation() const { return generation_.load(); }

  /// Destroys an object of the owner session. Waits for nobody: while another thread is at the token, that
  /// thread does it when it is done.
  void drop(CK_OBJECT_HANDLE object, std::uint64_t generation) QUIETUS_EXCLUDES(mutex, dropped_mutex_);

  /// Held, by a SessionObjectsLock, while a session object is made or destroyed, in whichever session:
  /// SoftHSM 2.6 looks into its set of them without a lock when it destroys one.
  Mutex mutex;

 private:
  friend class SessionObjectsLock;
  struct Dropped {
    CK_OBJECT_HANDLE object;
    std::uint64_t generation;
  };
  void sweep() QUIETUS_EXCLUDES(mutex, dropped_mutex_);
  void destroy_dropped() QUIETUS_REQUIRES(mutex) QUIETUS_EXCLUDES(dropped_mutex_);
  bool nothing_dropped() QUIETUS_EXCLUDES(dropped_mutex_);

  Token& token_;
  std::optional<Lease> owner_ QUIETUS_GUARDED_BY(mutex);
  std::atomic<std::uint64_t> generation_ = 0;
  Mutex dropped_mutex_;
  std::vector<Dropped> dropped_ QUIETUS_GUARDED_BY(dropped_mutex_);
};

class __attribute__((scoped_lockable)) SessionObjectsLock {
 public:
  explicit SessionObjectsLock(SessionObjects& objects) __attribute__((acquire_capability(objects.mutex)))
      : objects_(objects) {
    objects_.mutex.lock();
  }
  ~SessionObjectsLock() __attribute__((release_capability())) {
    objects_.mutex.unlock();
    objects_.sweep();
  }
  SessionObjectsLock(const SessionObjectsLock&) = delete;
  SessionObjectsLock& operator=(const SessionObjectsLock&) = delete;

 private:
  SessionObjects& objects_;
};

}  // namespace quietus::pkcs11
