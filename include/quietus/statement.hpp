// One envelope for everything that is signed: approvals, facts, mandates, samples, evidence.
#pragma once

#include <string_view>
#include <vector>

#include "quietus/bytes.hpp"

namespace quietus {

/// `payload` is canonical JSON whose member "type" names the kind; it is what is signed, byte for byte, with
/// ECDSA/SHA-256 (FIPS 186-5), DER. `certificate` is the signer's X.509 certificate, DER.
struct SignedStatement {
  Bytes payload;
  Bytes certificate;
  Bytes signature;
  bool operator==(const SignedStatement&) const = default;
};

namespace statement_type {
inline constexpr std::string_view approval = "quietus.approval/1";        ///< a person about an order
inline constexpr std::string_view attestation = "quietus.attestation/1";  ///< a person about a fact
inline constexpr std::string_view facts = "quietus.facts/1";      ///< agent: what the open descriptor is
inline constexpr std::string_view mandate = "quietus.mandate/1";  ///< kms: do this, on that, once
inline constexpr std::string_view sample =
    "quietus.sample/1";  ///< kms: the seed, drawn after the eraser closed
inline constexpr std::string_view evidence = "quietus.evidence/1";  ///< agent: what it read back itself
}  // namespace statement_type

}  // namespace quietus
