// The pinned certificates of an agent: all it believes.
#pragma once

#include <string>

#include "proof/x509.hpp"

namespace quietus::agent {

struct TrustAnchors {
  proof::X509Certificate root, service_ca, people_ca;

  /// PEM or DER files. `invalid_input` when service and people CA are one, or are not CAs: a service could
  /// then sign as a person.
  static Result<TrustAnchors> load(const std::string& root, const std::string& service_ca,
                                   const std::string& people_ca);
  static Result<TrustAnchors> of(proof::X509Certificate root, proof::X509Certificate service_ca,
                                 proof::X509Certificate people_ca);
};

}  // namespace quietus::agent
