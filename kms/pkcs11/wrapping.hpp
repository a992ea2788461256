// CKM_AES_KEY_WRAP (RFC 3394) and nothing else: CKM_AES_KEY_WRAP_PAD is RFC 5649 on one product and PKCS#7
// padding on the next. A wrapping key is named by id, or is itself a session
// object.
#pragma once

#include "kms/pkcs11/objects.hpp"
#include "kms/pkcs11/session_key.hpp"
#include "kms/pkcs11/temporary_object.hpp"

namespace quietus::pkcs11 {

template <class WrappingKey>
Result<Bytes> wrap(Token& token, Lease& lease, const WrappingKey& wrapping, const TemporaryObject& key) {
  Bytes wrapped(kWrappedKeyBytes);
  CK_MECHANISM mechanism{CKM_AES_KEY_WRAP, nullptr, 0};
  CK_ULONG written = 0;
  QUIETUS_CHECK(
      use_key(token, lease, Operation::wrap, wrapping, CKO_SECRET_KEY, [&](const KeyHandle& handle) {
        written = wrapped.size();
        return token.module->C_WrapKey(lease.handle(), &mechanism, handle.object, key.object(),
                                       wrapped.data(), &written);
      }));
  if (written != wrapped.size())
    return fail(ErrorKind::hsm, "the token gave a wrapped key of the wrong size");
  return wrapped;
}

/// An object of the session in `lease`, as the template wants it.
template <class WrappingKey>
Result<CK_OBJECT_HANDLE> unwrap(Token& token, Lease& lease, const WrappingKey& wrapping, BytesView wrapped,
                                Template wanted) QUIETUS_REQUIRES(token.session_objects.mutex) {
  wanted = fitted(std::move(wanted), token.profile.quirks);
  typed_as_aes(wanted);
  CK_MECHANISM mechanism{CKM_AES_KEY_WRAP, nullptr, 0};
  CK_OBJECT_HANDLE object = 0;
  QUIETUS_CHECK(
      use_key(token, lease, Operation::unwrap, wrapping, CKO_SECRET_KEY, [&](const KeyHandle& handle) {
        return token.module->C_UnwrapKey(lease.handle(), &mechanism, handle.object,
                                         const_cast<CK_BYTE*>(wrapped.data()), wrapped.size(), wanted.data(),
                                         wanted.size(), &object);
      }));
  return object;
}

/// `not_found` without the wrapping key; `corrupt` for what no wrap can have given.
Status check_wrapped(Token& token, const HsmKeyRef& wrapping, BytesView wrapped);
Status check_wrapped(Token& token, const HsmSessionKey& wrapping, BytesView wrapped);

}  // namespace quietus::pkcs11
