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

template <class WrappingKey>
Result<CK_OBJECT_HANDLE> unwrap_passing_key(Token& token, Lease& lease, const WrappingKey& wrapping,
                                            BytesView wrapped) {
  const SessionObjectsLock lock(token.session_objects);
  return unwrap(token, lease, wrapping, wrapped, passing_key_template());
}

Status check_length(BytesView wrapped) {
  if (wrapped.size() == kWrappedKeyBytes) return {};
  return fail(ErrorKind::corrupt, "the wrapped key does not open");
}

template <class WrappingKey>
Result<Bytes> generate_under(Token& token, const WrappingKey& wrapping) {
  QUIETUS_TRY(lease, token.lease());
  QUIETUS_TRY(object,
              generate_session_object(token, lease, CKM_AES_KEY_GEN, sized_for_aes(passing_key_template())));
  const TemporaryObject key(token, lease, object);
  return wrap(token, lease, wrapping, key);
}

template <class WrappingKey>
Result<Bytes> import_under(Token& token, const WrappingKey& wrapping, const SecretBytes& imported) {
  if (imported.size() != kAesKeyBytes) return fail(ErrorKind::invalid_input, "an imported key has 32 bytes");
  QUIETUS_TRY(lease, token.lease());
  QUIETUS_TRY(object, import_session_object(token, lease, imported));
  const TemporaryObject key(token, lease, object);
  return wrap(token, lease, wrapping, key);
}

template <class WrappingKey>
Result<Bytes> move_under(Token& token, const WrappingKey& from, const WrappingKey& to, BytesView wrapped) {
  QUIETUS_CHECK(check_wrapped(token, from, wrapped));
  QUIETUS_TRY(lease, token.lease());
  QUIETUS_TRY(object, unwrap_passing_key(token, lease, from, wrapped));
  const TemporaryObject key(token, lease, object);
  return wrap(token, lease, to, key);
}

}  // namespace

Status check_wrapped(Token& token, const HsmKeyRef& wrapping, BytesView wrapped) {
  QUIETUS_TRY(lease, token.lease());
  QUIETUS_TRY(handle, find_key(token, lease, wrapping));
  if (handle.object_class != CKO_SECRET_KEY)
    return fail(ErrorKind::invalid_input, "this key is for another use");
  return check_length(wrapped);
}

Status check_wrapped(Token& token, const HsmSessionKey& wrapping, BytesView wrapped) {
  const auto object = session_object(token, wrapping, SessionUse::wrapping);
  return object ? check_length(wrapped) : Status(std::unexpected(object.error()));
}

Result<Bytes> generate_wrapped_key(Token& token, const HsmKeyRef& wrapping) {
  return generate_under(token, wrapping);
}
Result<Bytes> generate_wrapped_key(Token& token, const HsmSessionKey& wrapping) {
  return generate_under(token, wrapping);
}

Result<Bytes> wrap_imported_key(Token& token, const HsmKeyRef& wrapping, const SecretBytes& imported) {
  return import_under(token, wrapping, imported);
}
Result<Bytes> wrap_imported_key(Token& token, const HsmSessionKey& wrapping, const SecretBytes& imported) {
  return import_under(token, wrapping, imported);
}

Result<Bytes> rewrap_key(Token& token, const HsmKeyRef& from, const HsmKeyRef& to, BytesView wrapped) {
  return move_under(token, from, to, wrapped);
}
Result<Bytes> rewrap_key(Token& token, const HsmSessionKey& from, const HsmSessionKey& to,
                         BytesView wrapped) {
  return move_under(token, from, to, wrapped);
}

}  // namespace quietus::pkcs11
