#include "kms/pkcs11/gcm.hpp"
#include "kms/pkcs11/operations.hpp"
#include "kms/pkcs11/session_key.hpp"

namespace quietus::pkcs11 {

namespace {

Status check_there(Token& token, Lease& lease, const HsmKeyRef& key) {
  QUIETUS_TRY(handle, find_key(token, lease, key));
  if (handle.object_class != CKO_SECRET_KEY)
    return fail(ErrorKind::invalid_input, "this key is for another use");
  return {};
}

Status check_there(Token& token, Lease&, const HsmSessionKey& key) {
  const auto object = session_object(token, key, SessionUse::cipher);
  return object ? Status{} : Status(std::unexpected(object.error()));
}

template <class Key>
Result<Bytes> seal(Token& token, const Key& key, BytesView plaintext, BytesView aad) {
  if (plaintext.empty() || plaintext.size() > Pkcs11Hsm::kMaxPlaintextBytes ||
      aad.size() > Pkcs11Hsm::kMaxAadBytes)
    return fail(ErrorKind::invalid_input,
                "the HSM encrypts 1..65536 bytes with at most 65536 bytes of associated data");
  QUIETUS_TRY(lease, token.lease());
  return gcm_seal(token, lease, key, plaintext, aad);
}

template <class Key>
Result<SecretBytes> open(Token& token, const Key& key, BytesView sealed, BytesView aad) {
  if (aad.size() > Pkcs11Hsm::kMaxAadBytes) return fail(ErrorKind::invalid_input, "too much associated data");
  // What encrypt() cannot have made is corrupt; the token is still asked whether the key exists.
  const bool plausible =
      sealed.size() > kIv + kTag && sealed.size() <= kIv + Pkcs11Hsm::kMaxPlaintextBytes + kTag;
  QUIETUS_TRY(lease, token.lease());
  if (plausible) return gcm_open(token, lease, key, sealed, aad);
  QUIETUS_CHECK(check_there(token, lease, key));
  return fail(ErrorKind::corrupt, "the ciphertext does not open");
}

}  // namespace

Result<Bytes> encrypt(Token& token, const HsmKeyRef& key, BytesView plaintext, BytesView aad) {
  return seal(token, key, plaintext, aad);
}
Result<Bytes> encrypt(Token& token, const HsmSessionKey& key, BytesView plaintext, BytesView aad) {
  return seal(token, key, plaintext, aad);
}
Result<SecretBytes> decrypt(Token& token, const HsmKeyRef& key, BytesView sealed, BytesView aad) {
  return open(token, key, sealed, aad);
}
Result<SecretBytes> decrypt(Token& token, const HsmSessionKey& key, BytesView sealed, BytesView aad) {
  return open(token, key, sealed, aad);
}

}  // namespace quietus::pkcs11
