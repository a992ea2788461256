// The implementations that keep one contract, and the tokens of this process.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kms/pkcs11/pkcs11_hsm.hpp"
#include "tests/support/fake_hsm.hpp"
#include "tests/support/nss_token.hpp"
#include "tests/support/softhsm_token.hpp"

namespace quietus::testing {

/// Made on first use: "contract" for the suite, one token each for the tests that break theirs.
SoftHsmTokens& tokens();

Pkcs11Settings softhsm_settings(const std::string& label);
std::unique_ptr<Hsm> attach_softhsm(const std::string& label);
/// As the profile is shipped: class `wrapped` is refused.
Pkcs11Settings nss_settings();

/// What a test needs of its token.
enum class Carries { anything, device_keys, wrapped_keys, signatures, data_objects };

/// Those of "fake", "softhsm" and "nss" that carry it; or "configured" when QUIETUS_HSM_UNDER_TEST names a
/// file with the section `hsm` of a configuration of quietus-kms: how a new product is tried
/// (hsm-config/README.md). Never empty: what the configured token cannot carry, the fake does in its place.
std::vector<std::string> hsm_kinds(Carries carries = Carries::device_keys);

/// Lives until the process ends.
Hsm& hsm_under_test(const std::string& kind);

/// Those of the profile in force; a fake has none.
pkcs11::Quirks quirks_of(Hsm& hsm);
bool carries(const HsmCapabilities& has, Carries what);

}  // namespace quietus::testing
