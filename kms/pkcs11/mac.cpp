#include "kms/pkcs11/hmac.hpp"
#include "kms/pkcs11/operations.hpp"

namespace quietus::pkcs11 {

Result<Bytes> mac(Token& token, const HsmKeyRef& key, BytesView data) {
  if (data.size() > Pkcs11Hsm::kMaxMacBytes)
    return fail(ErrorKind::invalid_input, "the HSM authenticates at most 1048576 bytes");
  QUIETUS_TRY(lease, token.lease());
  return hmac_sha256(token, lease, key, data);
}

}  // namespace quietus::pkcs11
