#include "base/crash_point.hpp"
#include "kms/pkcs11/objects.hpp"
#include "kms/pkcs11/operations.hpp"

namespace quietus::pkcs11 {

namespace {

/// What works goes first: a crash in between must never leave a key that signs without its public half, by
/// which its end is shown.
Status sort_public_last(Token& token, Lease& lease, std::vector<CK_OBJECT_HANDLE>& objects) {
  if (objects.size() < 2) return {};
  std::vector<CK_OBJECT_HANDLE> sorted, public_halves;
  for (const CK_OBJECT_HANDLE object : objects) {
    QUIETUS_TRY(object_class, read_number(token, lease, object, CKA_CLASS));
    const bool works = !object_class || *object_class != CKO_PUBLIC_KEY;
    (works ? sorted : public_halves).push_back(object);
  }
  sorted.insert(sorted.end(), public_halves.begin(), public_halves.end());
  objects = std::move(sorted);
  return {};
}

/// How many objects were destroyed. Stops at the first that resists.
Result<std::size_t> destroy_all(Token& token, Lease& lease, const HsmKeyRef& key) {
  const MutexLock one_at_a_time(token.objects_mutex);
  QUIETUS_TRY(objects, find_objects(token, lease, objects_with_id(key)));
  QUIETUS_CHECK(sort_public_last(token, lease, objects));
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
