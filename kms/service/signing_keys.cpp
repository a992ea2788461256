#include "kms/service/signing_keys.hpp"

#include "base/crypto.hpp"

namespace quietus::service {

proof::Signer hsm_signer(Hsm& hsm, const SigningKey& key) {
  return [&hsm, ref = key.ref](BytesView message) -> Result<Bytes> {
    const Digest digest = sha256(message);
    return hsm.sign_digest(ref, digest.view());
  };
}

}  // namespace quietus::service
