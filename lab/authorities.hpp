// The offline part of a laboratory: root, people CA, service CA and time-stamp CA with their keys in
// offline/.
#pragma once

#include <string>
#include <vector>

#include "lab/layout.hpp"
#include "lab/pki.hpp"

namespace quietus::lab {

inline constexpr int kLeafDays = 180, kAuthorityDays = 730, kRevocationListDays = 30;

struct Authorities {
  Authority root, people, service, time_stamp;
};

/// Loads them, making on first use what is missing; also writes root.pem and root.fingerprint.
Result<Authorities> open_authorities(const Layout& layout);

/// Issues the current revocation lists of people and services to `kms/trust/{people,service}.crl`.
Status issue_revocation_lists(const Layout& layout, const Authorities& authorities);
/// Remembers the certificate as revoked; the next issue_revocation_lists carries it.
Status remember_revoked(const Layout& layout, const proof::X509Certificate& certificate);

/// A key file with its certificate, made when either is missing. `issue` gets the SubjectPublicKeyInfo.
Status ensure_identity(const std::string& key_path, const std::string& certificate_path,
                       const std::function<Result<proof::X509Certificate>(BytesView spki)>& issue);
Status write_certificates(const std::string& path, const std::vector<proof::X509Certificate>& certificates);

}  // namespace quietus::lab
