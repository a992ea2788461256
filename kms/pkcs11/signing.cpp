#include <openssl/ecdsa.h>

#include <memory>
#include <optional>

#include "kms/pkcs11/objects.hpp"
#include "kms/pkcs11/operations.hpp"

namespace quietus::pkcs11 {

namespace {

/// PKCS#11 gives r ‖ s (v2.40 mechanisms §2.3.1); everybody else reads Ecdsa-Sig-Value (RFC 3279 §2.2.3).
Result<Bytes> to_der(BytesView r_and_s) {
  const std::size_t half = r_and_s.size() / 2;
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> signature(ECDSA_SIG_new(), &ECDSA_SIG_free);
  BIGNUM* r = BN_bin2bn(r_and_s.data(), static_cast<int>(half), nullptr);
  BIGNUM* s = BN_bin2bn(r_and_s.data() + half, static_cast<int>(half), nullptr);
  if (!signature || r == nullptr || s == nullptr || ECDSA_SIG_set0(signature.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    return fail(ErrorKind::internal, "cannot encode a signature");
  }
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  if (size <= 0) return fail(ErrorKind::internal, "cannot encode a signature");
  Bytes encoded(der, der + size);
  OPENSSL_free(der);
  return encoded;
}

/// How a key of this kind signs, and how long that is.
struct Signing {
  CK_MECHANISM mechanism;
  std::size_t size_bytes;
};

/// RFC 8017 §9.1: the one set of parameters that proof/ takes.
CK_RSA_PKCS_PSS_PARAMS* pss_parameters() {
  static CK_RSA_PKCS_PSS_PARAMS parameters{CKM_SHA256, CKG_MGF1_SHA256, 32};
  return &parameters;
}

Result<Signing> signing_with(const KeyHandle& key, BytesView digest) {
  if (key.curve_bytes > 0) return Signing{{CKM_ECDSA, nullptr, 0}, 2 * key.curve_bytes};
  if (key.rsa_bytes == 0) return fail(ErrorKind::invalid_input, "this key is for another use");
  if (digest.size() != 32) return fail(ErrorKind::invalid_input, "an RSA key signs a digest of 32 bytes");
  return Signing{{CKM_RSA_PKCS_PSS, pss_parameters(), sizeof(CK_RSA_PKCS_PSS_PARAMS)}, key.rsa_bytes};
}

}  // namespace

Result<Bytes> sign_digest(Token& token, const HsmKeyRef& key, BytesView digest) {
  if (digest.size() != 32 && digest.size() != 48)
    return fail(ErrorKind::invalid_input, "a digest has 32 or 48 bytes");
  QUIETUS_TRY(lease, token.lease());
  Bytes signature;
  CK_ULONG written = 0;
  bool ecdsa = false;
  std::optional<Error> refused;
  const Status done =
      use_key(token, lease, Operation::sign, key, CKO_PRIVATE_KEY, [&](const KeyHandle& handle) {
        auto how = signing_with(handle, digest);
        if (!how) refused = how.error();
        if (!how) return CK_RV{CKR_KEY_TYPE_INCONSISTENT};
        ecdsa = handle.curve_bytes > 0;
        const CK_RV rv = token.module->C_SignInit(lease.handle(), &how->mechanism, handle.object);
        if (rv != CKR_OK) return rv;
        signature.resize(how->size_bytes);
        written = signature.size();
        return token.module->C_Sign(lease.handle(), const_cast<CK_BYTE*>(digest.data()), digest.size(),
                                    signature.data(), &written);
      });
  if (refused) return std::unexpected(std::move(*refused));  // the token was not asked
  QUIETUS_CHECK(done);
  if (written != signature.size())
    return fail(ErrorKind::hsm, "the token gave a signature of the wrong size");
  return ecdsa ? to_der(signature) : signature;
}

}  // namespace quietus::pkcs11
