// PKCS #10 requests (RFC 2986) around a key that may sit in an HSM.
#pragma once

#include <string>

#include "proof/statement.hpp"

namespace quietus::proof {

/// DER. Subject: CN only; the authority decides the rest.
Result<Bytes> make_csr(std::string_view common_name, BytesView spki_der, const Signer& signer);
std::string csr_pem(BytesView der);

struct CertificateRequest {
  std::string common_name;
  Bytes spki;
};
/// DER or PEM. `verification_failed` unless it is signed by the key it asks for (proof of possession).
Result<CertificateRequest> read_csr(BytesView der_or_pem);

}  // namespace quietus::proof
