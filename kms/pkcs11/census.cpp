#include <algorithm>
#include <array>
#include <optional>

#include "kms/pkcs11/objects.hpp"
#include "kms/pkcs11/operations.hpp"

namespace quietus::pkcs11 {

namespace {

/// Class, id and label in one call where they fit; nullopt where they do not, or one is missing. A token with
/// a thousand objects is asked a thousand times, and each time costs the same.
std::optional<HsmObject> describe_at_once(Token& token, Lease& lease, CK_OBJECT_HANDLE handle) {
  CK_OBJECT_CLASS object_class = 0;
  std::array<std::uint8_t, 64> id;
  std::array<char, Pkcs11Hsm::kMaxLabelBytes> label;
  std::array<CK_ATTRIBUTE, 3> wanted{{{CKA_CLASS, &object_class, sizeof object_class},
                                      {CKA_ID, id.data(), id.size()},
                                      {CKA_LABEL, label.data(), label.size()}}};
  if (token.module->C_GetAttributeValue(lease.handle(), handle, wanted.data(), wanted.size()) != CKR_OK)
    return std::nullopt;  // what was wrong is found out, and told, when they are asked for one by one
  const auto& [its_class, its_id, its_label] = wanted;
  if (its_class.ulValueLen != sizeof object_class || its_id.ulValueLen > id.size() ||
      its_label.ulValueLen > label.size())
    return std::nullopt;
  HsmObject object;
  object.object_class = static_cast<std::uint32_t>(object_class);
  object.cka_id.assign(id.begin(), id.begin() + static_cast<std::ptrdiff_t>(its_id.ulValueLen));
  object.label.assign(label.data(), its_label.ulValueLen);
  return object;
}

Result<HsmObject> describe(Token& token, Lease& lease, CK_OBJECT_HANDLE handle) {
  if (auto object = describe_at_once(token, lease, handle)) return std::move(*object);
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
