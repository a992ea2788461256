// One attachment of a token that is being examined, and the search for the profile that fits it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kms/pkcs11/pkcs11_hsm.hpp"
#include "kms/pkcs11/profile.hpp"

namespace quietus::kms {

inline constexpr const char* kCheckFamily =
    "quietus-check";  ///< begins the label of every object that a check makes

struct CheckSettings {
  std::vector<std::string> arguments;  ///< as they were given, for fresh processes
  std::string module, token, pin_file, profile, token_directory;
  std::string find_key, find_data;  ///< only look up this CKA_ID (hexadecimal), this label
  bool yes = false, json = false;
};

/// The one that was named, or the one with the fewest quirks under which the token makes the most kinds of
/// keys.
Result<pkcs11::Profile> fitting_profile(const CheckSettings& settings);

/// With what is policy, not ability, switched off: a check shows what the token can do.
Result<std::unique_ptr<Pkcs11Hsm>> attach_for_check(const CheckSettings& settings, pkcs11::Profile profile);

/// Whether another process finds it; `not_found` when that looked and saw nothing.
Status find_key_in_fresh_process(const CheckSettings& settings, const HsmKeyRef& key);
Status find_data_in_fresh_process(const CheckSettings& settings, const std::string& label);
/// The other end of both; its exit code.
int find_only(const CheckSettings& settings);

}  // namespace quietus::kms
