// How strong a key is against who has only what it protects.
#pragma once

#include <cstdint>

#include "governance/state.hpp"

namespace quietus::governance {

/// In bits of security: NIST SP 800-57 part 1 r5 tables 2 and 3.
constexpr std::int64_t strength_of(KeyAlgorithm algorithm) {
  switch (algorithm) {
    case KeyAlgorithm::aes_256_gcm:
    case KeyAlgorithm::hmac_sha256:
      return 256;
    case KeyAlgorithm::ecdsa_p384:
      return 192;
    case KeyAlgorithm::ecdsa_p256:
      break;
  }
  return 128;
}

/// Keys of a keyring are AES-256 and keys for HMAC-SHA-256 under roots of AES-256.
inline constexpr std::int64_t kKeyringStrengthBits = 256;

/// Of a holding that has a key of the house.
inline std::int64_t strength_of_key(const Holding& holding) {
  return holding.key.empty() ? kKeyringStrengthBits : strength_of(holding.key_algorithm);
}

}  // namespace quietus::governance
