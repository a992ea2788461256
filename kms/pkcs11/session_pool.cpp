#include "kms/pkcs11/session_pool.hpp"

#include "kms/pkcs11/errors.hpp"

namespace quietus::pkcs11 {

namespace {

/// A wrong PIN counts towards the lock. The last try is for a person who knows it, not for a restart loop.
Status check_pin_state(const Module& module, CK_SLOT_ID slot) {
  CK_TOKEN_INFO info{};
  if (const CK_RV rv = module->C_GetTokenInfo(slot, &info); rv != CKR_OK)
    return std::unexpected(translate(Operation::attach, rv, {}));
  if (info.flags & CKF_USER_PIN_LOCKED)
    return std::unexpected(translate(Operation::login, CKR_PIN_LOCKED, {}));
  if (info.flags & CKF_USER_PIN_FINAL_TRY)
    return fail(ErrorKind::unauthenticated, "the token would lock after one more wrong PIN; not trying",
                "log in once by hand with the right PIN, correct the PIN file, then start again");
  return {};
}

}  // namespace

Lease::~Lease() {
  if (pool_ != nullptr) pool_->give_back(handle_, bad_);
}

// The parked session stays open on purpose.
SessionPool::~SessionPool() {
  const MutexLock lock(mutex_);
  for (const CK_SESSION_HANDLE handle : idle_) module_->C_CloseSession(handle);
}

Result<CK_SESSION_HANDLE> SessionPool::open() const {
  CK_SESSION_HANDLE handle = 0;
  // No notify callback: some modules refuse one.
  const CK_RV rv =
      module_->C_OpenSession(slot_, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &handle);
  if (rv != CKR_OK) return std::unexpected(translate(Operation::session, rv, {}));
  return handle;
}

Status SessionPool::log_in(const SecretBytes& pin) {
  if (pin.size() == 0)
    return fail(ErrorKind::invalid_input, "the token's PIN is empty", "put the user PIN into the PIN file");
  QUIETUS_CHECK(check_pin_state(module_, slot_));
  QUIETUS_TRY(handle, open());
  parked_ = handle;
  // C_Login takes a pointer to non-const and does not write (PKCS#11 v2.40 §5.6).
  const CK_RV rv =
      module_->C_Login(handle, CKU_USER, const_cast<CK_UTF8CHAR*>(pin.view().data()), pin.size());
  if (rv == CKR_OK) return {};
  // Somebody in this process has shown the PIN before; the login is the application's, not the session's
  // (§5.6).
  if (rv == CKR_USER_ALREADY_LOGGED_IN) return {};
  module_->C_CloseSession(handle);
  return std::unexpected(translate(Operation::login, rv, {}));
}

Status SessionPool::reserve() {
  const MutexLock lock(mutex_);
  if (leased_ >= kMaxLeased) return fail(ErrorKind::exhausted, "all HSM sessions are in use", "try again");
  ++leased_;
  return {};
}

Result<Lease> SessionPool::lease() {
  {
    const MutexLock lock(mutex_);
    if (!idle_.empty() && leased_ < kMaxLeased) {
      const CK_SESSION_HANDLE handle = idle_.back();
      idle_.pop_back();
      ++leased_;
      return Lease(this, handle);
    }
  }
  return lease_fresh();
}

Result<Lease> SessionPool::lease_fresh() {
  QUIETUS_CHECK(reserve());
  auto handle = open();
  if (!handle) {
    const MutexLock lock(mutex_);
    --leased_;
    return std::unexpected(std::move(handle).error());
  }
  return Lease(this, *handle);
}

void SessionPool::give_back(CK_SESSION_HANDLE handle, bool bad) {
  {
    const MutexLock lock(mutex_);
    --leased_;
    if (!bad && idle_.size() < kMaxIdle) {
      idle_.push_back(handle);
      return;
    }
  }
  module_->C_CloseSession(handle);
}

}  // namespace quietus::pkcs11
