// The HSM as the rest of the house sees it: a handful of operations, no PKCS#11 types. Implemented by
// kms/pkcs11 and by a fake; both pass tests/contract/hsm. Thread-safe. Every call has the outcome of the
// token, never a guess.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "quietus/bytes.hpp"
#include "quietus/result.hpp"
#include "quietus/secret_bytes.hpp"

namespace quietus {

/// CKA_ID of a token object: 16 random bytes, the only identity used for look-up (labels are for people).
struct HsmKeyRef {
  std::array<std::uint8_t, 16> cka_id{};
  auto operator<=>(const HsmKeyRef&) const = default;
};

enum class EcCurve { p256, p384 };

/// One private object of the token as a census sees it.
struct HsmObject {
  std::uint32_t object_class = 0;  ///< CKO_*
  Bytes cka_id;
  std::string label;
  auto operator<=>(const HsmObject&) const = default;
};

/// Attributes read back from the token, for the certificate (PKCS#11 v2.40 §4.9, §4.14).
struct HsmKeyAttributes {
  bool token = false, sensitive = false, extractable = true, always_sensitive = false,
       never_extractable = false, copyable = true, modifiable = true, local = false;
  std::uint32_t key_type = 0;
  std::uint32_t value_length_bytes = 0;
  std::string label;
};

struct HsmInfo {
  std::string manufacturer, model, serial, firmware, library, token_label;
  std::string profile;          ///< name of the hsm-config profile in force
  std::string destroy_meaning;  ///< "what destroy means here", printed in certificates
  bool validated_module = false;
};

class Hsm {
 public:
  static constexpr std::size_t kGcmIvBytes = 12,
                               kGcmTagBytes = 16;  // enforced here: SoftHSM accepts 0 for both

  virtual ~Hsm() = default;

  [[nodiscard]] virtual Result<HsmInfo> info() = 0;
  [[nodiscard]] virtual Result<Bytes> random(std::size_t size_bytes) = 0;

  /// AES-256 token key of class `device`: SENSITIVE, not EXTRACTABLE, not COPYABLE, not MODIFIABLE,
  /// ENCRYPT|DECRYPT only. Durable (token directory synced) when this returns.
  [[nodiscard]] virtual Result<HsmKeyRef> generate_device_key(const std::string& label) = 0;
  /// EC signing key pair as token objects. Durable when this returns.
  [[nodiscard]] virtual Result<HsmKeyRef> generate_signing_key(const std::string& label, EcCurve curve) = 0;
  /// SubjectPublicKeyInfo, DER.
  [[nodiscard]] virtual Result<Bytes> public_key(const HsmKeyRef& key) = 0;

  /// AES-256-GCM with a fresh random 96-bit IV; returns iv ‖ ciphertext ‖ 128-bit tag (NIST SP 800-38D).
  [[nodiscard]] virtual Result<Bytes> encrypt(const HsmKeyRef& key, BytesView plaintext, BytesView aad) = 0;
  /// Takes what encrypt gave. A bad tag, wrong key or short input is `corrupt`, and never reloads the token.
  [[nodiscard]] virtual Result<SecretBytes> decrypt(const HsmKeyRef& key, BytesView sealed,
                                                    BytesView aad) = 0;

  /// ECDSA over an already computed digest; returns DER Ecdsa-Sig-Value.
  [[nodiscard]] virtual Result<Bytes> sign_digest(const HsmKeyRef& key, BytesView digest) = 0;

  /// `not_found` when no object carries the id.
  [[nodiscard]] virtual Result<HsmKeyAttributes> attributes(const HsmKeyRef& key) = 0;
  /// Destroys every object with the id (both halves of a pair) and makes that durable. `not_found` when none
  /// is left: callers that repeat a destruction after a crash treat it as done only after a census.
  [[nodiscard]] virtual Status destroy(const HsmKeyRef& key) = 0;
  /// All private objects of the token, sorted. The session is checked to be logged in first: a session that
  /// is not would see nothing and prove nothing.
  [[nodiscard]] virtual Result<std::vector<HsmObject>> census() = 0;

  /// One private CKO_DATA object per label: make new, then delete old. `load_data` gives nullopt when there
  /// is none.
  [[nodiscard]] virtual Status store_data(const std::string& label, BytesView value) = 0;
  [[nodiscard]] virtual Result<std::optional<Bytes>> load_data(const std::string& label) = 0;

  /// How often the library had to be given up and attached again. Corrupt input must leave it at 0.
  [[nodiscard]] virtual std::uint64_t reload_count() const = 0;
};

}  // namespace quietus
