// Random 96-bit IVs for AES-GCM (NIST SP 800-38D §8.2.2), from OpenSSL's generator: an IV is no secret, and
// the token's generator costs a call of its own.
#pragma once

#include <array>
#include <cstdint>

#include "quietus/hsm.hpp"

namespace quietus::pkcs11 {

using Iv = std::array<std::uint8_t, Hsm::kGcmIvBytes>;

/// Drawn in blocks, one block per thread. A forked child never gets an IV that its parent could use.
Iv next_iv();

}  // namespace quietus::pkcs11
