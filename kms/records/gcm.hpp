// AES-256-GCM for many short texts under many keys, from and to the caller's memory, so that keys stay on the
// secure heap. Private to kms/records.
#pragma once

#include <initializer_list>
#include <memory>

#include "quietus/bytes.hpp"
#include "quietus/result.hpp"

struct evp_cipher_ctx_st;

namespace quietus::records {

inline constexpr std::size_t kKeyBytes = 32, kTagBytes = 16, kNonceBytes = 12;

/// The context lies in ordinary memory and holds the schedule of the last key: it lives for one operation,
/// and is cleansed when it dies.
class Gcm {
 public:
  Gcm();
  /// `out` takes plaintext.size() + kTagBytes bytes (NIST SP 800-38D §7.1). The associated data is the
  /// concatenation of `aad`.
  [[nodiscard]] Status seal(BytesView key, BytesView nonce, std::initializer_list<BytesView> aad,
                            BytesView plaintext, std::span<std::uint8_t> out);
  /// `out` takes sealed.size() - kTagBytes bytes and is zero when the tag does not hold, which is `corrupt`.
  /// `key` may lie in `out`: nothing is written before it was read.
  [[nodiscard]] Status open(BytesView key, BytesView nonce, std::initializer_list<BytesView> aad,
                            BytesView sealed, std::span<std::uint8_t> out);

 private:
  struct Free {
    void operator()(evp_cipher_ctx_st* context) const;
  };
  std::unique_ptr<evp_cipher_ctx_st, Free> context_;
};

/// Keys from the generator's private instance. Aborts the process when it fails: there is no lesser
/// randomness.
void draw_keys(std::span<std::uint8_t> out);

}  // namespace quietus::records
