// Random 96-bit IVs for AES-GCM (NIST SP 800-38D §8.2.2), from OpenSSL's generator: an IV is no secret. A
// token's generator would cost a call of its own, and one at a time OpenSSL's costs a tenth of an encryption.
#pragma once

#include <array>
#include <cstdint>

namespace quietus {

using GcmIv = std::array<std::uint8_t, 12>;

/// Drawn in blocks, one block per thread. A forked child never gets an IV that its parent could use.
GcmIv next_gcm_iv();

}  // namespace quietus
