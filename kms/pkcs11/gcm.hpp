// AES-256-GCM under a key of any kind: 96-bit IV and 128-bit tag, always (SoftHSM also takes 0 for both).
#pragma once

#include <algorithm>

#include "base/gcm_iv.hpp"
#include "kms/pkcs11/objects.hpp"
#include "kms/pkcs11/token.hpp"

namespace quietus::pkcs11 {

inline constexpr std::size_t kIv = Hsm::kGcmIvBytes, kTag = Hsm::kGcmTagBytes;

/// PKCS#11 has no const; the library reads input and does not write it (v2.40 §5.8).
inline CK_BYTE* unwritten(BytesView bytes) { return const_cast<CK_BYTE*>(bytes.data()); }

class GcmMechanism {
 public:
  GcmMechanism(BytesView iv, BytesView aad) {
    parameters_.pIv = unwritten(iv);
    parameters_.ulIvLen = kIv;
    parameters_.ulIvBits = kIv * 8;
    parameters_.pAAD = aad.empty() ? nullptr : unwritten(aad);
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

template <class Key>
Result<Bytes> gcm_seal(Token& token, Lease& lease, const Key& key, BytesView plaintext, BytesView aad) {
  const GcmIv iv = next_gcm_iv();
  Bytes sealed(kIv + plaintext.size() + kTag);
  std::ranges::copy(iv, sealed.begin());
  GcmMechanism mechanism(iv, aad);
  CK_ULONG written = 0;
  QUIETUS_CHECK(use_key(token, lease, Operation::encrypt, key, CKO_SECRET_KEY, [&](const KeyHandle& handle) {
    const CK_RV rv = token.module->C_EncryptInit(lease.handle(), mechanism.get(), handle.object);
    if (rv != CKR_OK) return rv;
    written = sealed.size() - kIv;
    return token.module->C_Encrypt(lease.handle(), unwritten(plaintext), plaintext.size(),
                                   sealed.data() + kIv, &written);
  }));
  if (written != sealed.size() - kIv)
    return fail(ErrorKind::hsm, "the token gave a ciphertext of the wrong size");
  return sealed;
}

/// `sealed` is longer than IV and tag.
template <class Key>
Result<SecretBytes> gcm_open(Token& token, Lease& lease, const Key& key, BytesView sealed, BytesView aad) {
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
  buffer.truncate(written);
  return std::move(buffer);
}

}  // namespace quietus::pkcs11
