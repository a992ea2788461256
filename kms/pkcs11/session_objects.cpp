#include "kms/pkcs11/session_objects.hpp"

#include "base/log.hpp"
#include "kms/pkcs11/token.hpp"

namespace quietus::pkcs11 {

namespace {

std::uint64_t next_generation() {
  static std::atomic<std::uint64_t> last = 0;
  return ++last;
}

}  // namespace

Result<Lease*> SessionObjects::owner() {
  if (!owner_) {
    QUIETUS_TRY(lease, token_.lease_fresh());
    owner_.emplace(std::move(lease));
    generation_ = next_generation();
  }
  return &*owner_;
}

void SessionObjects::end_owner() {
  generation_ = 0;
  if (owner_) owner_->discard();  // closed, not given back: its objects must end
  owner_.reset();
}

void SessionObjects::drop(CK_OBJECT_HANDLE object, std::uint64_t generation) {
  {
    const MutexLock lock(dropped_mutex_);
    dropped_.push_back({object, generation});
  }
  sweep();
}

// Whoever fails to get the mutex leaves its object to the one who has it, and that one looks again after
// letting go: no object is left behind, and a destructor never waits for a slow token.
void SessionObjects::sweep() {
  while (!nothing_dropped() && mutex.try_lock()) {
    destroy_dropped();
    mutex.unlock();
  }
}

void SessionObjects::destroy_dropped() {
  std::vector<Dropped> dropped;
  {
    const MutexLock lock(dropped_mutex_);
    dropped.swap(dropped_);
  }
  for (const auto& [object, generation] : dropped) {
    if (!owner_ || generation != generation_ || token_.lost()) continue;  // has ended already
    const CK_RV rv = token_.module->C_DestroyObject(owner_->handle(), object);
    if (rv != CKR_OK && !is_stale_handle(rv))
      log(LogLevel::warning, "an unused session key stays in the HSM until its session ends",
          {{"ck_rv", std::to_string(rv)}});
  }
}

bool SessionObjects::nothing_dropped() {
  const MutexLock lock(dropped_mutex_);
  return dropped_.empty();
}

}  // namespace quietus::pkcs11
