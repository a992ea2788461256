// What is known about one HSM product, as data (hsm-config/*.json): its library, where it departs from
// PKCS#11, and what "destroy" means there. A new vendor is a new file, not new code.
#pragma once

#include <string>

#include "base/json.hpp"
#include "quietus/result.hpp"

namespace quietus::pkcs11 {

/// Departures from PKCS#11 v2.40 that the adapter knows how to live with.
struct Quirks {
  /// CKR_GENERAL_ERROR is the answer to a bad GCM tag or a short ciphertext (SoftHSM 2.6).
  bool general_error_on_bad_ciphertext = false;
  /// CKA_COPYABLE is not known: every key can be copied, and no certificate can say that one is gone (NSS).
  bool no_copyable_attribute = false;
  bool no_data_objects = false;  ///< private CKO_DATA as session objects only (NSS)
  /// A signing key that is told not to DECRYPT cannot be made (tpm2-pkcs11 1.9).
  bool no_decrypt_attribute = false;
  bool no_ecdsa = false;         ///< ECDSA is listed and not to be used: certificates are signed with RSA
  bool no_session_keys = false;  ///< keys are token objects or nothing, so that nothing can be tried (TPM)
};

struct Profile {
  std::string name;
  std::string module_path;        ///< absolute; used when the settings name none
  bool validated_module = false;  ///< under FIPS 140 or a comparable scheme; printed in certificates
  /// The suite in tests/contract/hsm has run against it. A profile that was written from the product's manual
  /// is attached only when the settings allow it.
  bool tested = false;
  Quirks quirks;
  bool token_directory_sync = false;  ///< the library writes files and does not fsync them: we do
  /// Class `wrapped` on a token that lets a key be wrapped although it is not EXTRACTABLE.
  bool accept_unextractable_wrap = false;
  /// Handed to C_Initialize (pReserved) by way of initialization_string(); empty: none.
  std::string init_arguments;
  bool copy_revives_keys = true;  ///< a copy of the token, made before, gives back what was destroyed in it
  std::string destroy_meaning;    ///< printed in certificates
};

/// `init_arguments` with every {token_directory} replaced. `invalid_input` when it is needed and is empty, or
/// could end a quoted argument.
Result<std::string> initialization_string(const Profile& profile, const std::string& token_directory);

/// Strict: unknown members are refused. Errors: `invalid_input`.
Result<Profile> parse_profile(const Json& json);
/// Reads and parses one file of hsm-config/. Errors name the file.
Result<Profile> load_profile(const std::string& path);

}  // namespace quietus::pkcs11
