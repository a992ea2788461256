// Sessions of one token. One of them is parked: it carries the login and lives as long as the process,
// because closing the last session logs the user out and takes every private handle with it. Each call leases
// one of the others.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "base/mutex.hpp"
#include "kms/pkcs11/module.hpp"
#include "quietus/secret_bytes.hpp"

namespace quietus::pkcs11 {

class SessionPool;

/// One session, for one call. Goes back to the pool when it dies, unless discarded: a session that saw a
/// failure may hold a half-done operation, and a bad one must not be handed out again.
class Lease {
 public:
  Lease(Lease&& other) noexcept
      : pool_(std::exchange(other.pool_, nullptr)), handle_(other.handle_), bad_(other.bad_) {}
  Lease& operator=(Lease&&) = delete;
  ~Lease();
  [[nodiscard]] CK_SESSION_HANDLE handle() const { return handle_; }
  void discard() { bad_ = true; }
  [[nodiscard]] bool discarded() const { return bad_; }
  /// The failure left nothing half done, and the session is known to be alive.
  void keep() { bad_ = false; }

 private:
  friend class SessionPool;
  Lease(SessionPool* pool, CK_SESSION_HANDLE handle) : pool_(pool), handle_(handle) {}
  SessionPool* pool_;
  CK_SESSION_HANDLE handle_;
  bool bad_ = false;
};

class SessionPool {
 public:
  static constexpr std::size_t kMaxIdle = 16, kMaxLeased = 64;

  SessionPool(Module module, CK_SLOT_ID slot) : module_(module), slot_(slot) {}
  ~SessionPool();
  SessionPool(const SessionPool&) = delete;
  SessionPool& operator=(const SessionPool&) = delete;

  /// Opens the parked session and logs in with exactly one try.
  Status log_in(const SecretBytes& pin);
  /// An idle session, or a new one. `exhausted` when kMaxLeased are out.
  Result<Lease> lease() QUIETUS_EXCLUDES(mutex_);
  /// A session that nobody has used before.
  Result<Lease> lease_fresh() QUIETUS_EXCLUDES(mutex_);
  [[nodiscard]] CK_SESSION_HANDLE parked() const { return parked_; }

 private:
  friend class Lease;
  Result<CK_SESSION_HANDLE> open() const;
  Status reserve() QUIETUS_EXCLUDES(mutex_);
  void give_back(CK_SESSION_HANDLE handle, bool bad) QUIETUS_EXCLUDES(mutex_);

  const Module module_;
  const CK_SLOT_ID slot_;
  CK_SESSION_HANDLE parked_ = 0;
  Mutex mutex_;
  std::vector<CK_SESSION_HANDLE> idle_ QUIETUS_GUARDED_BY(mutex_);
  std::size_t leased_ QUIETUS_GUARDED_BY(mutex_) = 0;
};

}  // namespace quietus::pkcs11
