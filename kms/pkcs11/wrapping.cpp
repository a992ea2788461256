#include "kms/pkcs11/wrapping.hpp"

#include "kms/pkcs11/operations.hpp"

namespace quietus::pkcs11 {

namespace {

Result<CK_OBJECT_HANDLE> import_session_object(Token& token, Lease& lease, const SecretBytes& key) {
  Template wanted = fitted(passing_key_template(), token.profile.quirks);
  typed_as_aes(wanted).secret(CKA_VALUE, key);
  CK_OBJECT_HANDLE object = 0;
  const SessionObjectsLock lock(token.session_objects);
  const CK_RV rv = token.module->C_CreateObject(lease.handle(), wanted.data(), wanted.size(), &object);
  if (rv != CKR_OK) return token.failed(lease, Operation::generate, rv);
  return object;
}

Result<CK_OBJECT_HANDLE> unwrap_passing_key(Token& token, Lease& lease, const HsmKeyRef& wrapping,
                                            BytesView wrapped) {
  const SessionObjectsLock lock(token.session_objects);
  return unwrap(token, lease, wrapping, wrapped, passing_key_template());
}

}  // namespace

Status check_wrapped(Token& token, const HsmKeyRef& wrapping, BytesView wrapped) {
  QUIETUS_TRY(lease, token.lease());
  QUIETUS_TRY(handle, find_key(token, lease, wrapping));
  if (handle.object_class != CKO_SECRET_KEY)
    return fail(ErrorKind::invalid_input, "this key is for another use");
  if (wrapped.size() != kWrappedKeyBytes) return fail(ErrorKind::corrupt, "the wrapped key does not open");
  return {};
}

Result<Bytes> generate_wrapped_key(Token& token, const HsmKeyRef& wrapping) {
  QUIETUS_TRY(lease, token.lease());
  QUIETUS_TRY(object,
              generate_session_object(token, lease, CKM_AES_KEY_GEN, sized_for_aes(passing_key_template())));
  const TemporaryObject key(token, lease, object);
  return wrap(token, lease, wrapping, key);
}

Result<Bytes> wrap_imported_key(Token& token, const HsmKeyRef& wrapping, const SecretBytes& imported) {
  if (imported.size() != kAesKeyBytes) return fail(ErrorKind::invalid_input, "an imported key has 32 bytes");
  QUIETUS_TRY(lease, token.lease());
  QUIETUS_TRY(object, import_session_object(token, lease, imported));
  const TemporaryObject key(token, lease, object);
  return wrap(token, lease, wrapping, key);
}

Result<Bytes> rewrap_key(Token& token, const HsmKeyRef& from, const HsmKeyRef& to, BytesView wrapped) {
  QUIETUS_CHECK(check_wrapped(token, from, wrapped));
  QUIETUS_TRY(lease, token.lease());
  QUIETUS_TRY(object, unwrap_passing_key(token, lease, from, wrapped));
  const TemporaryObject key(token, lease, object);
  return wrap(token, lease, to, key);
}

}  // namespace quietus::pkcs11
