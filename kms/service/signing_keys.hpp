// The three signing keys of kms, each with its own certificate and purpose, all in the HSM.
#pragma once

#include "proof/statement.hpp"
#include "proof/x509.hpp"
#include "quietus/hsm.hpp"
#include "quietus/permit.hpp"

namespace quietus::service {

struct SigningKey {
  HsmKeyRef ref;
  Bytes certificate;  ///< DER
  EcCurve curve = EcCurve::p256;
};

struct SigningKeys {
  SigningKey mandate, certificate, checkpoint;
};

/// ECDSA-SHA-256 or RSASSA-PSS by an HSM key. Callers hold a permit for what they sign. Lives no longer than
/// `hsm`.
proof::Signer hsm_signer(Hsm& hsm, const SigningKey& key);

}  // namespace quietus::service
