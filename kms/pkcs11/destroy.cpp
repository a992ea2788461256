#include "base/crash_point.hpp"
#include "kms/pkcs11/objects.hpp"
#include "kms/pkcs11/operations.hpp"

namespace quietus::pkcs11 {

namespace {

/// How many objects were destroyed. Stops at the first that resists.
Result<std::size_t> destroy_all(Token& token, Lease& lease, const HsmKeyRef& key) {
  const MutexLock one_at_a_time(token.objects_mutex);
  QUIETUS_TRY(objects, find_objects(token, lease, objects_with_id(key)));
  for (const CK_OBJECT_HANDLE object : objects) {
    if (const CK_RV rv = token.module->C_DestroyObject(lease.handle(), object); rv != CKR_OK)
      return token.failed(lease, Operation::destroy, rv);
  }
  return objects.size();
}

/// In a session that has never seen the key.
Status check_gone(Token& token, const HsmKeyRef& key) {
  const MutexLock nobody_creates_meanwhile(token.objects_mutex);
  QUIETUS_TRY(lease, token.lease_fresh());
  QUIETUS_TRY(left, find_objects(token, lease, objects_with_id(key)));
  if (!left.empty()) return fail(ErrorKind::hsm, "the token reports the key destroyed and still lists it");
  return {};
}

}  // namespace

Status destroy(Token& token, const HsmKeyRef& key) {
  token.handles.forget(key);
  QUIETUS_TRY(lease, token.lease());
  QUIETUS_TRY(destroyed, destroy_all(token, lease, key));
  if (destroyed > 0) crash_point(CrashPoint::kms_key_destroyed);
  token.handles.forget(key);
  // Also when nothing was left: an earlier call may have died between destroying and syncing.
  QUIETUS_CHECK(token.sync());
  QUIETUS_CHECK(check_gone(token, key));
  if (destroyed == 0) return fail(ErrorKind::not_found, "no such key on the token");
  return {};
}

}  // namespace quietus::pkcs11
