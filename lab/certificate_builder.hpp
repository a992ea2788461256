// X.509 certificates and CRLs out of a short profile. Used by pki.cpp only.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lab/pki.hpp"
#include "proof/openssl_handles.hpp"

namespace quietus::lab {

inline constexpr const char* kOrganization = "Quietus laboratory";

struct Profile {
  std::vector<std::pair<int, std::string>> subject;  ///< NID, UTF-8 text
  bool authority = false;
  int path_length = -1;                                          ///< negative: no limit
  std::string key_usage, extended_key_usage, alternative_names;  ///< OpenSSL's extension syntax; empty: none
};

/// `certificate` null: the certificate is its own issuer.
struct Issuer {
  EVP_PKEY* key = nullptr;
  const proof::X509Certificate* certificate = nullptr;
};

Result<proof::X509Certificate> build_certificate(const Profile& profile, EVP_PKEY* subject_key,
                                                 const Issuer& issuer, const Validity& validity);
Result<proof::X509Certificate> issue_for(const Profile& profile, BytesView spki, const Issuer& issuer,
                                         const Validity& validity);
Result<Bytes> build_crl(const Issuer& issuer, const std::vector<proof::X509Certificate>& revoked,
                        UnixMs this_update, UnixMs next_update, std::int64_t number);

}  // namespace quietus::lab
