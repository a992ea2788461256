// Finding objects and reading their attributes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kms/pkcs11/templates.hpp"
#include "kms/pkcs11/token.hpp"

namespace quietus::pkcs11 {

inline constexpr std::size_t kMaxTokenObjects = 100'000;

/// All matching objects; `exhausted` beyond kMaxTokenObjects. An empty answer is only given while the token
/// is there. Nobody may make or destroy objects meanwhile: SoftHSM 2.6 reads its folder anew in a search, and
/// takes a half-written file for a second, broken object.
Result<std::vector<CK_OBJECT_HANDLE>> find_objects(Token& token, Lease& lease, Template search)
    QUIETUS_REQUIRES(token.objects_mutex);

/// Value of an attribute; nullopt when the object does not have it or does not show it.
Result<std::optional<Bytes>> read_attribute(Token& token, Lease& lease, CK_OBJECT_HANDLE object,
                                            CK_ATTRIBUTE_TYPE type);
Result<std::optional<CK_ULONG>> read_number(Token& token, Lease& lease, CK_OBJECT_HANDLE object,
                                            CK_ATTRIBUTE_TYPE type);
/// `fallback` when the object does not say: callers pass the worse answer.
Result<bool> read_flag(Token& token, Lease& lease, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
                       bool fallback);

/// The secret or private key with this id, by way of the handle cache. `not_found` when there is none while
/// the token is there; `hsm` when there are two, because nobody could say which one answers.
Result<KeyHandle> find_key(Token& token, Lease& lease, const HsmKeyRef& key);

/// As the token tells them now. Through the handle that is known, as long as the token says that its object
/// carries the id, and by a search otherwise: "not found" always comes from a search.
Result<HsmKeyAttributes> read_key_attributes(Token& token, const HsmKeyRef& key);
bool is_id_of(BytesView cka_id, const HsmKeyRef& key);

/// Labels are for people: 1..kMaxLabelBytes of printable ASCII.
Status check_label(const std::string& label);

/// Runs `act(handle) -> CK_RV` on the key's handle. A handle that went stale is looked up once more, so that
/// a fresh session with an old handle cannot keep failing.
template <class Act>
Status use_key(Token& token, Lease& lease, Operation operation, const HsmKeyRef& key, CK_OBJECT_CLASS wanted,
               Act act) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    QUIETUS_TRY(handle, find_key(token, lease, key));
    if (handle.object_class != wanted) return fail(ErrorKind::invalid_input, "this key is for another use");
    const CK_RV rv = act(handle);
    if (rv == CKR_OK) return {};
    if (!is_stale_handle(rv)) return token.failed(lease, operation, rv);
    token.handles.forget(key);
  }
  lease.discard();
  return fail(ErrorKind::hsm, "the token lists the key and refuses its handle");
}

}  // namespace quietus::pkcs11
