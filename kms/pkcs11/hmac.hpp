// HMAC-SHA-256 (FIPS 198-1) under a key of any kind.
#pragma once

#include "kms/pkcs11/objects.hpp"
#include "kms/pkcs11/token.hpp"

namespace quietus::pkcs11 {

template <class Key>
Result<Bytes> hmac_sha256(Token& token, Lease& lease, const Key& key, BytesView data) {
  constexpr std::size_t kMacBytes = 32;
  CK_MECHANISM mechanism{CKM_SHA256_HMAC, nullptr, 0};
  Bytes code(kMacBytes);
  CK_BYTE nothing = 0;  // SoftHSM takes no null pointer for no data
  CK_BYTE* const in = data.empty() ? &nothing : const_cast<CK_BYTE*>(data.data());
  CK_ULONG written = 0;
  QUIETUS_CHECK(use_key(token, lease, Operation::mac, key, CKO_SECRET_KEY, [&](const KeyHandle& handle) {
    const CK_RV rv = token.module->C_SignInit(lease.handle(), &mechanism, handle.object);
    if (rv != CKR_OK) return rv;
    written = code.size();
    return token.module->C_Sign(lease.handle(), in, data.size(), code.data(), &written);
  }));
  if (written != code.size()) return fail(ErrorKind::hsm, "the token gave a MAC of the wrong size");
  return code;
}

}  // namespace quietus::pkcs11
