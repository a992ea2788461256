// Certificates and revocation lists from files, and the shape that a client's chain must have. Internal to
// this room.
#pragma once

#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

#include "quietus/result.hpp"

namespace quietus::wire {

struct FreeX509 {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_CRL* list) const { X509_CRL_free(list); }
};
using CertificatePtr = std::unique_ptr<X509, FreeX509>;
using CrlPtr = std::unique_ptr<X509_CRL, FreeX509>;

/// One or more PEM certificates, at most 16.
Result<std::vector<CertificatePtr>> read_certificates(const std::string& path);
/// One list, PEM or DER.
Result<CrlPtr> read_crl(const std::string& path);

/// Verify callback of the server (X509_STORE_CTX_verify_cb): root <- intermediate <- leaf and nothing else,
/// both authorities among those that the server was given.
int three_link_chain(int ok, X509_STORE_CTX* state);

}  // namespace quietus::wire
