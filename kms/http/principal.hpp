// Who is asking, read off the client certificate that TLS has already verified up to the root.
#pragma once

#include <string>

#include "kms/service/use_cases.hpp"
#include "quietus/bytes.hpp"

namespace quietus::http {

struct Principal {
  service::Caller caller;
  std::string id;      ///< "person:p1", "host:h1", "" = nobody; for logs and limits
  Digest fingerprint;  ///< SHA-256 of the certificate; all zero for nobody
  [[nodiscard]] bool known() const { return caller.person.has_value() || caller.host.has_value(); }
};

/// Empty bytes: nobody. `unauthenticated` for a certificate that is neither a person's (issuer OU "people",
/// no extended key usage) nor an eraser's (issuer OU "service", OU "eraser", clientAuth alone).
Result<Principal> principal_of(BytesView certificate_der);

}  // namespace quietus::http
