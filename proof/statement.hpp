// The one envelope for everything that is signed.
#pragma once

#include <functional>

#include "base/json.hpp"
#include "quietus/statement.hpp"

namespace quietus::proof {

/// ECDSA-SHA-256 over the message, DER; by an RSA key RSASSA-PSS (verify_sha256). Where the key lives (file,
/// HSM) is the caller's business.
using Signer = std::function<Result<Bytes>(BytesView message)>;

/// Signs `payload` as it is. `invalid_input` when it is empty or beyond kMaxPayloadBytes;
/// `verification_failed` when the signature that came back does not verify under the certificate (wrong key
/// for this certificate).
Result<SignedStatement> sign_statement(Bytes payload, Bytes certificate_der, const Signer& signer);

/// The raw signature under the certificate's key, before anything of the payload is parsed. Says nothing
/// about whether the certificate is to be trusted: that is verify_chain.
Status verify_signature(const SignedStatement& statement);

/// SHA-256 of the payload: how other documents cite this statement.
Digest statement_digest(const SignedStatement& statement);

/// {"certificate":base64,"payload":base64,"signature":base64}
Json to_json(const SignedStatement& statement);
Result<SignedStatement> statement_from_json(const Json& json);

inline constexpr std::size_t kMaxPayloadBytes = 1 << 20;
inline constexpr std::size_t kMaxCertificateBytes = 1 << 14;
inline constexpr std::size_t kMaxSignatureBytes = 512;  // RSA-4096

}  // namespace quietus::proof
