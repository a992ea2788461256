// The two implementations that keep one contract, and the SoftHSM tokens of this process.
#pragma once

#include <memory>
#include <string>

#include "kms/pkcs11/pkcs11_hsm.hpp"
#include "tests/support/fake_hsm.hpp"
#include "tests/support/softhsm_token.hpp"

namespace quietus::testing {

/// Made on first use: "contract" for the suite, one token each for the tests that break theirs.
SoftHsmTokens& tokens();

Pkcs11Settings softhsm_settings(const std::string& label);
std::unique_ptr<Hsm> attach_softhsm(const std::string& label);

/// "fake" or "softhsm"; lives until the process ends.
Hsm& hsm_under_test(const std::string& kind);

}  // namespace quietus::testing
