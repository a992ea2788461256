// Whether what a certificate says about keys follows from how they were destroyed. Used by
// certificate_sources.cpp.
#pragma once

#include "quietus/certificate.hpp"

namespace quietus::proof {

/// `verification_failed` naming the first thing that does not hold. The input has a key.
Status check_key(const CertificateInput& input);
/// The same; the input has keys of a keyring.
Status check_keyring(const CertificateInput& input);

/// How the token and the ledger call the root of a keyring: "keyring.<id>", and its label
/// "keyring.<id>.<epoch>".
std::string root_name(const KeyringId& keyring);
std::string root_label(const KeyringId& keyring, std::uint64_t epoch);

}  // namespace quietus::proof
