#include "kms/pkcs11/objects.hpp"
#include "kms/pkcs11/operations.hpp"

namespace quietus::pkcs11 {

namespace {

constexpr std::size_t kIv = Hsm::kGcmIvBytes, kTag = Hsm::kGcmTagBytes;

/// 96-bit IV, 128-bit tag, always: SoftHSM also takes 0 for both.
class GcmMechanism {
 public:
  GcmMechanism(BytesView iv, BytesView aad) {
    // The library reads these and does not write them (PKCS#11 v2.40 mechanisms §2.12.7).
    parameters_.pIv = const_cast<CK_BYTE*>(iv.data());
    parameters_.ulIvLen = kIv;
    parameters_.ulIvBits = kIv * 8;
    parameters_.pAAD = aad.empty() ? nullptr : const_cast<CK_BYTE*>(aad.data());
    parameters_.ulAADLen = aad.size();
    parameters_.ulTagBits = kTag * 8;
    mechanism_ = {CKM_AES_GCM, &parameters_, sizeof parameters_};
  }
  GcmMechanism(const GcmMechanism&) = delete;
  GcmMechanism& operator=(const GcmMechanism&) = delete;
  CK_MECHANISM* get() { return &mechanism_; }

 private:
  CK_GCM_PARAMS parameters_{};
  CK_MECHANISM mechanism_{};
};

CK_BYTE* unwritten(BytesView bytes) { return const_cast<CK_BYTE*>(bytes.data()); }

}  // namespace

Result<Bytes> encrypt(Token& token, const HsmKeyRef& key, BytesView plaintext, BytesView aad) {
  if (plaintext.empty() || plaintext.size() > Pkcs11Hsm::kMaxPlaintextBytes ||
      aad.size() > Pkcs11Hsm::kMaxAadBytes)
    return fail(ErrorKind::invalid_input,
                "the HSM encrypts 1..65536 bytes with at most 65536 bytes of associated data");
  QUIETUS_TRY(sealed, random(token, kIv));
  const Bytes iv = sealed;
  sealed.resize(kIv + plaintext.size() + kTag);
  GcmMechanism mechanism(iv, aad);
  CK_ULONG written = sealed.size() - kIv;
  QUIETUS_TRY(lease, token.lease());
  QUIETUS_CHECK(use_key(token, lease, Operation::encrypt, key, CKO_SECRET_KEY, [&](const KeyHandle& handle) {
    const CK_RV rv = token.module->C_EncryptInit(lease.handle(), mechanism.get(), handle.object);
    if (rv != CKR_OK) return rv;
    return token.module->C_Encrypt(lease.handle(), unwritten(plaintext), plaintext.size(),
                                   sealed.data() + kIv, &written);
  }));
  if (written != sealed.size() - kIv)
    return fail(ErrorKind::hsm, "the token gave a ciphertext of the wrong size");
  return sealed;
}

Result<SecretBytes> decrypt(Token& token, const HsmKeyRef& key, BytesView sealed, BytesView aad) {
  if (aad.size() > Pkcs11Hsm::kMaxAadBytes) return fail(ErrorKind::invalid_input, "too much associated data");
  // What encrypt() cannot have made is corrupt; the token is still asked whether the key exists.
  const bool plausible =
      sealed.size() > kIv + kTag && sealed.size() <= kIv + Pkcs11Hsm::kMaxPlaintextBytes + kTag;
  QUIETUS_TRY(lease, token.lease());
  if (!plausible) {
    QUIETUS_TRY(handle, find_key(token, lease, key));
    if (handle.object_class != CKO_SECRET_KEY)
      return fail(ErrorKind::invalid_input, "this key is for another use");
    return fail(ErrorKind::corrupt, "the ciphertext does not open");
  }
  const BytesView body = sealed.subspan(kIv);
  QUIETUS_TRY(buffer, SecretBytes::allocate(body.size()));  // SoftHSM wants room for the tag as well
  GcmMechanism mechanism(sealed.first(kIv), aad);
  CK_ULONG written = 0;
  QUIETUS_CHECK(use_key(token, lease, Operation::decrypt, key, CKO_SECRET_KEY, [&](const KeyHandle& handle) {
    const CK_RV rv = token.module->C_DecryptInit(lease.handle(), mechanism.get(), handle.object);
    if (rv != CKR_OK) return rv;
    written = buffer.size();
    return token.module->C_Decrypt(lease.handle(), unwritten(body), body.size(), buffer.mutable_view().data(),
                                   &written);
  }));
  if (written != body.size() - kTag)
    return fail(ErrorKind::hsm, "the token gave a plaintext of the wrong size");
  return SecretBytes::copy_of(buffer.view().first(written));
}

}  // namespace quietus::pkcs11
