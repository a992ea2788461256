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

/// "fake", "softhsm" and "nss"; or only "configured" when QUIETUS_HSM_UNDER_TEST names a file with the
/// section `hsm` of a configuration of quietus-kms: how a new product is tried (hsm-config/README.md).
const std::vector<std::string>& hsm_kinds();

/// Lives until the process ends. What a token cannot carry, it refuses by name: the suite asks capabilities()
/// before it expects more.
Hsm& hsm_under_test(const std::string& kind);

/// Those of the profile in force; a fake has none.
pkcs11::Quirks quirks_of(Hsm& hsm);

}  // namespace quietus::testing
