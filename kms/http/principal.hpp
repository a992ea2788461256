// Who is asking, read off the client certificate that TLS has already verified up to the root.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/mutex.hpp"
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

/// principal_of() for clients that come again and again: reading a certificate takes longer than a key
/// operation. What a certificate says does not change; whether it is still good is asked of TLS for every
/// request. Bounded; thread-safe.
class PrincipalCache {
 public:
  static constexpr std::size_t kMaxPrincipals = 1024;
  /// As principal_of(). Refusals are not kept.
  Result<std::shared_ptr<const Principal>> of(BytesView certificate_der) QUIETUS_EXCLUDES(mutex_);

 private:
  Mutex mutex_;
  /// By the certificate itself: comparing it is quicker than its digest.
  std::map<std::string, std::shared_ptr<const Principal>, std::less<>> known_ QUIETUS_GUARDED_BY(mutex_);
};

}  // namespace quietus::http
