#include "kms/pkcs11/objects.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace quietus::pkcs11 {

namespace {

constexpr CK_ULONG kMaxAttributeBytes = Pkcs11Hsm::kMaxDataBytes + 64;

/// Ends the search whatever happens: a session with an open search refuses every other call, so one whose
/// search does not end is not handed out again.
class Search {
 public:
  Search(const Module& module, Lease& lease) : module_(module), lease_(lease) {}
  Search(const Search&) = delete;
  Search& operator=(const Search&) = delete;
  ~Search() {
    if (module_->C_FindObjectsFinal(lease_.handle()) != CKR_OK) lease_.discard();
  }

 private:
  const Module& module_;
  Lease& lease_;
};

/// 0 for a key that we did not make: on another curve, or of another kind.
Result<std::size_t> curve_bytes_of(Token& token, Lease& lease, CK_OBJECT_HANDLE object) {
  QUIETUS_TRY(parameters, read_attribute(token, lease, object, CKA_EC_PARAMS));
  for (const EcCurve curve : {EcCurve::p256, EcCurve::p384})
    if (parameters && std::ranges::equal(*parameters, curve_parameters(curve))) return curve_bytes(curve);
  return std::size_t{0};
}

/// nullopt when the object is not a key that does work (a public half, for example).
Result<std::optional<KeyHandle>> as_working_key(Token& token, Lease& lease, CK_OBJECT_HANDLE object) {
  QUIETUS_TRY(object_class, read_number(token, lease, object, CKA_CLASS));
  if (!object_class) return fail(ErrorKind::hsm, "the token has an object without a class");
  if (*object_class == CKO_SECRET_KEY) return KeyHandle{object, CKO_SECRET_KEY, 0, 0};
  if (*object_class != CKO_PRIVATE_KEY) return std::optional<KeyHandle>{};
  QUIETUS_TRY(type, read_number(token, lease, object, CKA_KEY_TYPE));
  if (type == std::optional<CK_ULONG>(CKK_RSA)) {
    QUIETUS_TRY(modulus, read_attribute(token, lease, object, CKA_MODULUS));
    return KeyHandle{object, CKO_PRIVATE_KEY, 0, modulus ? modulus->size() : 0};
  }
  QUIETUS_TRY(size, curve_bytes_of(token, lease, object));
  return KeyHandle{object, CKO_PRIVATE_KEY, size, 0};
}

Result<KeyHandle> search_key(Token& token, Lease& lease, const HsmKeyRef& key) {
  const MutexLock nobody_creates_meanwhile(token.objects_mutex);
  QUIETUS_TRY(objects, find_objects(token, lease, objects_with_id(key)));
  std::optional<KeyHandle> found;
  for (const CK_OBJECT_HANDLE object : objects) {
    QUIETUS_TRY(candidate, as_working_key(token, lease, object));
    if (candidate && found) return fail(ErrorKind::hsm, "two keys on the token carry the same id");
    if (candidate) found = candidate;
  }
  if (!found) return fail(ErrorKind::not_found, "no such key on the token");
  return *found;
}

Result<std::vector<CK_OBJECT_HANDLE>> search_objects(Token& token, Lease& lease, Template& search) {
  const CK_SESSION_HANDLE session = lease.handle();
  if (const CK_RV rv = token.module->C_FindObjectsInit(session, search.data(), search.size()); rv != CKR_OK)
    return token.failed(lease, Operation::find, rv);
  const Search ends_the_search(token.module, lease);
  std::vector<CK_OBJECT_HANDLE> found;
  std::array<CK_OBJECT_HANDLE, 256> page{};
  for (CK_ULONG count = 1; count > 0;) {
    if (const CK_RV rv = token.module->C_FindObjects(session, page.data(), page.size(), &count); rv != CKR_OK)
      return token.failed(lease, Operation::find, rv);
    found.insert(found.end(), page.begin(),
                 page.begin() + static_cast<std::ptrdiff_t>(std::min(count, page.size())));
    if (found.size() > kMaxTokenObjects) return fail(ErrorKind::exhausted, "too many objects on the token");
  }
  return found;
}

}  // namespace

Result<std::vector<CK_OBJECT_HANDLE>> find_objects(Token& token, Lease& lease, Template search) {
  QUIETUS_TRY(found, search_objects(token, lease, search));
  if (found.empty()) QUIETUS_CHECK(token.present(lease));
  return found;
}

Result<std::optional<Bytes>> read_attribute(Token& token, Lease& lease, CK_OBJECT_HANDLE object,
                                            CK_ATTRIBUTE_TYPE type) {
  CK_ATTRIBUTE attribute{type, nullptr, 0};
  CK_RV rv = token.module->C_GetAttributeValue(lease.handle(), object, &attribute, 1);
  if (rv == CKR_ATTRIBUTE_TYPE_INVALID || rv == CKR_ATTRIBUTE_SENSITIVE) return std::optional<Bytes>{};
  if (rv != CKR_OK) return token.failed(lease, Operation::read, rv);
  if (attribute.ulValueLen == CK_UNAVAILABLE_INFORMATION) return std::optional<Bytes>{};
  if (attribute.ulValueLen > kMaxAttributeBytes)
    return fail(ErrorKind::hsm, "the token has an oversized attribute");
  Bytes value(attribute.ulValueLen);
  if (value.empty()) return std::optional(std::move(value));
  attribute.pValue = value.data();
  rv = token.module->C_GetAttributeValue(lease.handle(), object, &attribute, 1);
  if (rv != CKR_OK) return token.failed(lease, Operation::read, rv);
  if (attribute.ulValueLen > value.size())
    return fail(ErrorKind::hsm, "the token changed an attribute while it was read");
  value.resize(attribute.ulValueLen);
  return std::optional(std::move(value));
}

Result<std::optional<CK_ULONG>> read_number(Token& token, Lease& lease, CK_OBJECT_HANDLE object,
                                            CK_ATTRIBUTE_TYPE type) {
  QUIETUS_TRY(value, read_attribute(token, lease, object, type));
  CK_ULONG number = 0;
  if (!value || value->size() != sizeof number) return std::optional<CK_ULONG>{};
  std::memcpy(&number, value->data(), sizeof number);
  return std::optional(number);
}

Result<bool> read_flag(Token& token, Lease& lease, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
                       bool fallback) {
  QUIETUS_TRY(value, read_attribute(token, lease, object, type));
  if (!value || value->size() != 1) return fallback;
  return value->front() != CK_FALSE;
}

Result<KeyHandle> find_key(Token& token, Lease& lease, const HsmKeyRef& key) {
  if (const auto known = token.handles.find(key)) return *known;
  const std::uint64_t generation = token.handles.generation();
  QUIETUS_TRY(found, search_key(token, lease, key));
  token.handles.remember(key, found, generation);
  return found;
}

Status check_label(const std::string& label) {
  const bool good = !label.empty() && label.size() <= Pkcs11Hsm::kMaxLabelBytes &&
                    std::ranges::all_of(label, [](char c) { return c >= ' ' && c <= '~'; });
  if (!good) return fail(ErrorKind::invalid_input, "a label is 1..128 printable ASCII characters");
  return {};
}

}  // namespace quietus::pkcs11
