// Detached CAdES-BES signatures (RFC 5652, RFC 5126 §4.3.1, RFC 5035): made around a key that may sit in an
// HSM, and read far more strictly than stock tools do.
#pragma once

#include <functional>
#include <vector>

#include "proof/x509.hpp"

namespace quietus::proof {

/// ECDSA, DER, or RSASSA-PSS over an already computed digest (Hsm::sign_digest).
using DigestSigner = std::function<Result<Bytes>(BytesView digest)>;

/// SHA-384 for a P-384 signer, SHA-256 for P-256 and for RSA (RSASSA-PSS, rsa_pss.hpp). Embeds the signer's
/// certificate and `chain` (without the root). Signed attributes: content-type, signing-time, message-digest,
/// signing-certificate-v2; no other.
Result<Bytes> build_cades_bes(BytesView content, const X509Certificate& signer,
                              const std::vector<X509Certificate>& chain, UnixMs signing_time,
                              const DigestSigner& sign);

/// Returns the signing time that the signer claims. `verification_failed` unless: DER byte for byte,
/// detached, exactly one signer and it is `signer`, the embedded certificates are `signer` and `chain` and
/// nothing more, exactly the four signed attributes above and no unsigned one, ESS names `signer`, digest and
/// signature hold. The chain's trust is the caller's.
Result<UnixMs> verify_cades_bes(BytesView p7s_der, BytesView content, const X509Certificate& signer,
                                const std::vector<X509Certificate>& chain);

}  // namespace quietus::proof
