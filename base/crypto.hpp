// The few primitives that several rooms need, over OpenSSL 3.
#pragma once

#include <memory>
#include <string>

#include "quietus/bytes.hpp"
#include "quietus/result.hpp"
#include "quietus/secret_bytes.hpp"

namespace quietus {

Digest sha256(BytesView bytes);
inline Digest sha256(std::string_view text) { return sha256(as_bytes(text)); }
Bytes sha384(BytesView bytes);
Bytes sha512(BytesView bytes);

/// Incremental SHA-256.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void update(BytesView bytes);
  [[nodiscard]] Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Cryptographically secure (RAND_bytes). Aborts the process when the generator fails: there is no lesser
/// randomness.
Bytes random_bytes(std::size_t size_bytes);
Digest random_digest();
/// Lower-case letters and digits, for ids: `prefix-` + 12 characters.
std::string random_id(std::string_view prefix);

/// ECDSA over SHA-256(message) by a public key in SubjectPublicKeyInfo DER; P-256 or P-384 only.
/// `verification_failed` when it does not hold, also for non-DER or trailing bytes.
Status verify_ecdsa_sha256(BytesView spki_der, BytesView message, BytesView signature_der);
/// The same over a digest that somebody has computed already (FIPS 186-5 §6.4).
Status verify_ecdsa_digest(BytesView spki_der, BytesView digest, BytesView signature_der);

/// RSASSA-PSS over a SHA-256 digest, MGF1 with SHA-256, salt of 32 bytes (RFC 8017 §8.1): no other parameters
/// are taken, and no other key than rsaEncryption of 3072 to 4096 bits with exponent 65537.
Status verify_rsa_pss_digest(BytesView spki_der, BytesView digest, BytesView signature);
bool is_rsa_key(BytesView spki_der);  ///< such a one
/// Over SHA-256(message), by what the key is: RSASSA-PSS as above, else ECDSA.
Status verify_sha256(BytesView spki_der, BytesView message, BytesView signature);

/// A signing key held in a file (people's software keys, agent host keys). P-256, PKCS#8 PEM, mode 0600
/// enforced.
class FileKey {
 public:
  static Result<FileKey> load(const std::string& path);
  static Result<FileKey> generate();                                 ///< P-256
  Status save(const std::string& path) const;                        ///< 0600, refuses to overwrite
  [[nodiscard]] Bytes public_key() const;                            ///< SubjectPublicKeyInfo, DER
  [[nodiscard]] Result<Bytes> sign_sha256(BytesView message) const;  ///< ECDSA, DER
  [[nodiscard]] void* native() const;  ///< EVP_PKEY*, for X.509 code; not owned by the caller

  FileKey(FileKey&&) noexcept;
  FileKey& operator=(FileKey&&) noexcept;
  ~FileKey();

 private:
  FileKey();
  struct State;
  std::unique_ptr<State> state_;
};

/// AES-256-GCM with caller-given 96-bit nonce; output = ciphertext ‖ 128-bit tag (NIST SP 800-38D).
Result<Bytes> aes_256_gcm_seal(const SecretBytes& key, BytesView nonce12, BytesView aad, BytesView plaintext);
Result<Bytes> aes_256_gcm_open(const SecretBytes& key, BytesView nonce12, BytesView aad, BytesView sealed);

/// AES-256-CTR key stream from `seed` at byte `offset` (any alignment): the overwrite pattern `stream`.
/// Counter block 0 is all zero, big-endian (NIST SP 800-38A §6.5).
Status aes_256_ctr_stream(const Digest& seed, std::uint64_t offset, std::span<std::uint8_t> out);

}  // namespace quietus
