#include <algorithm>

#include "kms/pkcs11/objects.hpp"
#include "kms/pkcs11/operations.hpp"

namespace quietus::pkcs11 {

namespace {

Result<HsmObject> describe(Token& token, Lease& lease, CK_OBJECT_HANDLE handle) {
  QUIETUS_TRY(object_class, read_number(token, lease, handle, CKA_CLASS));
  QUIETUS_TRY(id, read_attribute(token, lease, handle, CKA_ID));
  QUIETUS_TRY(label, read_attribute(token, lease, handle, CKA_LABEL));
  if (!object_class) return fail(ErrorKind::hsm, "the token has an object without a class");
  HsmObject object;
  object.object_class = static_cast<std::uint32_t>(*object_class);
  if (id) object.cka_id = *id;
  if (label) object.label = as_text(*label);
  return object;
}

}  // namespace

Result<std::vector<HsmObject>> census(Token& token) {
  const MutexLock nobody_creates_meanwhile(token.objects_mutex);
  QUIETUS_TRY(lease, token.lease());
  QUIETUS_CHECK(token.present(lease));
  QUIETUS_TRY(handles, find_objects(token, lease, private_token_objects()));
  std::vector<HsmObject> objects;
  objects.reserve(handles.size());
  for (const CK_OBJECT_HANDLE handle : handles) {
    auto object = describe(token, lease, handle);
    if (!object && object.error().kind == ErrorKind::not_found)
      return fail(ErrorKind::conflict, "the token changed during the census", "take it again");
    if (!object) return std::unexpected(std::move(object).error());
    objects.push_back(std::move(*object));
  }
  QUIETUS_CHECK(token.present(lease));
  std::ranges::sort(objects);
  return objects;
}

}  // namespace quietus::pkcs11
