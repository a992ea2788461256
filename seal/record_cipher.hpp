// AES-256-GCM as STREAM (Hoang, Reyhanitabar, Rogaway, Vizár: "Online Authenticated-Encryption and its
// Nonce-Reuse Misuse-Resistance", CRYPTO 2015, §7; the payload of age is of the same family): nonce = 7-byte
// prefix ‖ 32-bit counter ‖ final byte. Where STREAM has a last-segment bit, this format has the record's
// type letter: 'S' and 'L' are STREAM's two values, the other letters keep metadata and end records of the
// same key apart from segments.
#pragma once

#include <cstdint>

#include "quietus/bytes.hpp"
#include "quietus/result.hpp"
#include "quietus/secret_bytes.hpp"
#include "seal/format.hpp"

namespace quietus::seal {

/// One data key with its prefix. Holds the key in a SecretBytes, cleansed with it.
class RecordCipher {
 public:
  RecordCipher() = default;
  /// `invalid_input` unless the key has 32 bytes.
  static Result<RecordCipher> make(SecretBytes key, const NoncePrefix& prefix);

  /// (type, counter) must be used once per cipher (NIST SP 800-38D §8.2.1: deterministic construction).
  [[nodiscard]] Result<Bytes> seal(RecordType type, std::uint32_t counter, BytesView aad,
                                   BytesView plaintext) const;
  /// `corrupt` when the tag does not hold; then nothing of the plaintext exists.
  [[nodiscard]] Result<Bytes> open(RecordType type, std::uint32_t counter, BytesView aad,
                                   BytesView sealed) const;

 private:
  SecretBytes key_;
  NoncePrefix prefix_{};
};

Frame frame_of(RecordType type, std::size_t body_bytes);

/// position ‖ frame ‖ fields: what the tag of a record with fields in clear covers, besides what it encrypts.
Bytes bind_fields(BytesView position, Frame frame, BytesView fields);

/// SHA-256(chain ‖ frame ‖ body): the value that a record leaves behind and later records are bound to.
Digest extend_chain(const Digest& chain, Frame frame, BytesView body);

/// Overwrites and empties; the capacity stays. For customer data on the ordinary heap.
void cleanse(Bytes& bytes);

}  // namespace quietus::seal
