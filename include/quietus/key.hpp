// Vocabulary of keys: where a key is held, what it is for, and where it stands in its life.
#pragma once

#include <cstdint>
#include <string_view>

#include "quietus/ids.hpp"
#include "quietus/result.hpp"

namespace quietus {

/// Where a key is held. Text form = enumerator name.
enum class KeyClass {
  device,   ///< a token object of its own, never extractable
  wrapped,  ///< wrapped by the epoch key of its keyring; unwrapped only into the HSM, as a session object
  record,   ///< an entry of a sealed table; in clear only inside one operation
};
std::string_view to_string(KeyClass key_class);
Result<KeyClass> key_class_from(std::string_view text);

/// What a key may be used for; fixed when it is made (NIST SP 800-57 part 1 r5 §5.2: one key, one use).
enum class KeyPurpose { encrypt_decrypt, sign_verify, mac };
std::string_view to_string(KeyPurpose purpose);
Result<KeyPurpose> key_purpose_from(std::string_view text);

/// What a key of class `device` computes; fixed when it is made, and its purpose with it. Text form =
/// enumerator name.
enum class KeyAlgorithm {
  aes_256_gcm,  ///< NIST SP 800-38D
  ecdsa_p256,   ///< FIPS 186-5 §6, over a SHA-256 digest
  ecdsa_p384,   ///< the same over a SHA-384 digest
  hmac_sha256,  ///< FIPS 198-1, a key of 256 bits
};
std::string_view to_string(KeyAlgorithm algorithm);
Result<KeyAlgorithm> key_algorithm_from(std::string_view text);
KeyPurpose purpose_of(KeyAlgorithm algorithm);

/// NIST SP 800-57 part 1 r5 §7 and KMIP 2.1 §11 (State), with the way to destruction drawn out.
enum class KeyState {
  pre_active,
  active,
  suspended,    ///< frozen: no use until it is lifted
  deactivated,  ///< still decrypts and verifies, protects nothing new
  compromised,  ///< as deactivated; for recovery of old data only
  destroy_scheduled,
  destroying,  ///< the irreversible act may have begun
  destroyed,   ///< terminal
  destroyed_compromised,
  destroy_failed,  ///< begun and not shown: no use ever again, retried until it is shown
};
std::string_view to_string(KeyState state);
Result<KeyState> key_state_from(std::string_view text);

/// A key inside a keyring: a number that is given once and never again. Text form: `<keyring>.<number>`.
struct KeyNumber {
  std::uint32_t value = 0;
  auto operator<=>(const KeyNumber&) const = default;
};

}  // namespace quietus
