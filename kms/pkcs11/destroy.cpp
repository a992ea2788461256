#include "base/crash_point.hpp"
#include "base/side_by_side.hpp"
#include "kms/pkcs11/objects.hpp"
#include "kms/pkcs11/operations.hpp"

namespace quietus::pkcs11 {

namespace {

constexpr auto kStillListed = "the token reports the key destroyed and still lists it";
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
Result<std::size_t> destroy_found(Token& token, Lease& lease, const HsmKeyRef& key) {
  const MutexLock one_at_a_time(token.objects_mutex);
  QUIETUS_TRY(objects, find_objects(token, lease, objects_with_id(key)));
  QUIETUS_CHECK(sort_public_last(token, lease, objects));
  for (const CK_OBJECT_HANDLE object : objects) {
    if (const CK_RV rv = token.module->C_DestroyObject(lease.handle(), object); rv != CKR_OK)
      return token.failed(lease, Operation::destroy, rv);
  }
  return objects.size();
}

/// The object of a secret key whose handle we know, when the token says that it carries the key's id: a
/// search walks over all objects of the token, and one comes afterwards anyway. false: nothing was destroyed.
Result<bool> destroy_known(Token& token, Lease& lease, const HsmKeyRef& key,
                           const std::optional<KeyHandle>& known) {
  if (!known || known->object_class != CKO_SECRET_KEY)
    return false;  // the other half of a pair wants a search
  const MutexLock one_at_a_time(token.objects_mutex);
  const auto id = read_attribute(token, lease, known->object, CKA_ID);
  if (!id || !*id || !is_id_of(**id, key)) return false;
  const CK_RV rv = token.module->C_DestroyObject(lease.handle(), known->object);
  if (is_stale_handle(rv)) return false;
  if (rv != CKR_OK) return token.failed(lease, Operation::destroy, rv);
  return true;
}

/// In a session that has never seen the key.
Result<bool> is_gone(Token& token, const HsmKeyRef& key) {
  const MutexLock nobody_creates_meanwhile(token.objects_mutex);
  QUIETUS_TRY(lease, token.lease_fresh());
  QUIETUS_TRY(left, find_objects(token, lease, objects_with_id(key)));
  return left.empty();
}

/// The token's files are synced while the token searches: neither changes anything.
Result<bool> synced_and_gone(Token& token, const HsmKeyRef& key) {
  bool gone = false;
  const auto search = [&]() -> Status {
    QUIETUS_TRY(found_gone, is_gone(token, key));
    gone = found_gone;
    return {};
  };
  QUIETUS_CHECK(side_by_side([&] { return token.sync(); }, search));
  return gone;
}

/// More than one object may carry the id.
Status destroy_rest(Token& token, Lease& lease, const HsmKeyRef& key) {
  QUIETUS_CHECK(destroy_found(token, lease, key));
  QUIETUS_TRY(gone, synced_and_gone(token, key));
  return gone ? Status{} : fail(ErrorKind::hsm, kStillListed);
}

}  // namespace

Status destroy(Token& token, const HsmKeyRef& key) {
  const auto known = token.handles.find(key);
  token.handles.forget(key);
  QUIETUS_TRY(lease, token.lease());
  QUIETUS_TRY(by_handle, destroy_known(token, lease, key, known));
  bool destroyed = by_handle;
  if (!by_handle) {
    QUIETUS_TRY(found, destroy_found(token, lease, key));
    destroyed = found > 0;
  }
  if (destroyed) crash_point(CrashPoint::kms_key_destroyed);
  token.handles.forget(key);
  // Also when nothing was left: an earlier call may have died between destroying and syncing.
  QUIETUS_TRY(gone, synced_and_gone(token, key));
  if (!gone && by_handle) return destroy_rest(token, lease, key);
  if (!gone) return fail(ErrorKind::hsm, kStillListed);
  return destroyed ? Status{} : fail(ErrorKind::not_found, "no such key on the token");
}

}  // namespace quietus::pkcs11
