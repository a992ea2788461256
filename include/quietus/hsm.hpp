// The HSM as the rest of the house sees it: a handful of operations, no PKCS#11 types. Implemented by
// kms/pkcs11 and by a fake; both pass tests/contract/hsm. Thread-safe. Every call has the outcome of the
// token, never a guess.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
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

/// What a secret key may be used for, read back from the token (PKCS#11 v2.40 §4.9).
struct HsmKeyUsage {
  bool encrypt = true, decrypt = true, wrap = true, unwrap = true, sign = true, verify = true, derive = true;
  bool operator==(const HsmKeyUsage&) const = default;
};

/// Attributes read back from the token, for the certificate (PKCS#11 v2.40 §4.9, §4.14).
struct HsmKeyAttributes {
  bool token = false, sensitive = false, extractable = true, always_sensitive = false,
       never_extractable = false, copyable = true, modifiable = true, local = false;
  std::uint32_t key_type = 0;
  std::uint32_t value_length_bytes = 0;
  std::string label;
  std::optional<HsmKeyUsage> usage = {};  ///< secret keys only; absent in what was kept before it was read
};

struct HsmInfo {
  std::string manufacturer, model, serial, firmware, library, token_label;
  std::string profile;          ///< name of the hsm-config profile in force
  std::string destroy_meaning;  ///< "what destroy means here", printed in certificates
  bool validated_module = false;
  /// Whether a copy of the token (folder, backup) gives back what was destroyed in it. Unknown counts as yes.
  std::optional<bool> copy_revives_keys = {};
};

/// What a token can carry, found out when it is attached: by its mechanism list and by trial.
struct HsmCapabilities {
  bool aes_gcm = false;       ///< classes `device` and `record`
  bool aes_key_wrap = false;  ///< class `wrapped`, together with hmac_sha256 and aes_gcm
  bool hmac_sha256 = false;
  bool ecdsa_p256 = false, ecdsa_p384 = false;
  bool rsa_pss = false;              ///< certificate signing where there is no ECDSA
  bool data_objects = false;         ///< private CKO_DATA
  bool unwrap_template = false;      ///< CKA_UNWRAP_TEMPLATE is enforced
  bool wraps_unextractable = false;  ///< the token lets a key that is not EXTRACTABLE be wrapped (NSS)
  bool session_wrapping = false;     ///< an unwrapped key wraps others; class `wrapped` needs it
  bool operator==(const HsmCapabilities&) const = default;
};

/// A key as a session object: it lives inside the HSM and ends with the last holder of the pointer, with the
/// process or with the attachment, whichever comes first. After that its uses answer `not_found`.
class HsmSessionKey {
 public:
  virtual ~HsmSessionKey() = default;
};
using HsmSessionKeyPtr = std::shared_ptr<const HsmSessionKey>;

class Hsm {
 public:
  static constexpr std::size_t kGcmIvBytes = 12,
                               kGcmTagBytes = 16;  // enforced here: SoftHSM accepts 0 for both

  virtual ~Hsm() = default;

  [[nodiscard]] virtual Result<HsmInfo> info() = 0;
  [[nodiscard]] virtual const HsmCapabilities& capabilities() const = 0;
  [[nodiscard]] virtual Result<Bytes> random(std::size_t size_bytes) = 0;

  /// AES-256 token key of class `device`: SENSITIVE, not EXTRACTABLE, not COPYABLE, not MODIFIABLE,
  /// ENCRYPT|DECRYPT only. Durable (token directory synced) when this returns.
  [[nodiscard]] virtual Result<HsmKeyRef> generate_device_key(const std::string& label) = 0;
  /// EC signing key pair as token objects. Durable when this returns.
  [[nodiscard]] virtual Result<HsmKeyRef> generate_signing_key(const std::string& label, EcCurve curve) = 0;
  /// AES-256 token key with WRAP and UNWRAP only, otherwise as a device key; UNWRAP_TEMPLATE {SENSITIVE}
  /// where the token has it. Durable when this returns.
  [[nodiscard]] virtual Result<HsmKeyRef> generate_wrapping_key(const std::string& label) = 0;
  /// 256-bit generic secret for HMAC-SHA-256 (SIGN and VERIFY only), otherwise as a device key. Durable when
  /// this returns.
  [[nodiscard]] virtual Result<HsmKeyRef> generate_mac_key(const std::string& label) = 0;
  /// SubjectPublicKeyInfo, DER.
  [[nodiscard]] virtual Result<Bytes> public_key(const HsmKeyRef& key) = 0;

  /// AES-256-GCM with a fresh random 96-bit IV; returns iv ‖ ciphertext ‖ 128-bit tag (NIST SP 800-38D).
  [[nodiscard]] virtual Result<Bytes> encrypt(const HsmKeyRef& key, BytesView plaintext, BytesView aad) = 0;
  /// Takes what encrypt gave. A bad tag, wrong key or short input is `corrupt`, and never reloads the token.
  [[nodiscard]] virtual Result<SecretBytes> decrypt(const HsmKeyRef& key, BytesView sealed,
                                                    BytesView aad) = 0;

  /// A fresh AES-256 key, made inside the HSM and wrapped by `wrapping` (CKM_AES_KEY_WRAP, RFC 3394: 40
  /// bytes). Key wrap has no associated data: callers bind the blob with mac().
  [[nodiscard]] virtual Result<Bytes> generate_wrapped_key(const HsmKeyRef& wrapping) = 0;
  /// The same for 32 bytes that came from outside (import).
  [[nodiscard]] virtual Result<Bytes> wrap_imported_key(const HsmKeyRef& wrapping,
                                                        const SecretBytes& key) = 0;
  /// The key in the blob as a session object: SENSITIVE, not EXTRACTABLE, ENCRYPT and DECRYPT only. `corrupt`
  /// when the blob does not open under `wrapping`.
  [[nodiscard]] virtual Result<HsmSessionKeyPtr> unwrap_key(const HsmKeyRef& wrapping, BytesView wrapped) = 0;
  /// The same key wrapped by another wrapping key, without leaving the HSM: for the length of the call there
  /// is an EXTRACTABLE session object. `corrupt` when the blob does not open under `from`.
  [[nodiscard]] virtual Result<Bytes> rewrap_key(const HsmKeyRef& from, const HsmKeyRef& to,
                                                 BytesView wrapped) = 0;
  /// A key in the same form of blob, as one that wraps others: a session object, SENSITIVE, not EXTRACTABLE,
  /// WRAP and UNWRAP only, UNWRAP_TEMPLATE {SENSITIVE} where the token has it. `corrupt` as above.
  [[nodiscard]] virtual Result<HsmSessionKeyPtr> unwrap_wrapping_key(const HsmKeyRef& wrapping,
                                                                     BytesView wrapped) = 0;
  /// The four above under a session key that wraps; `not_found` when it has ended, `invalid_input` for one
  /// that encrypts.
  [[nodiscard]] virtual Result<Bytes> generate_wrapped_key(const HsmSessionKey& wrapping) = 0;
  [[nodiscard]] virtual Result<Bytes> wrap_imported_key(const HsmSessionKey& wrapping,
                                                        const SecretBytes& key) = 0;
  [[nodiscard]] virtual Result<HsmSessionKeyPtr> unwrap_key(const HsmSessionKey& wrapping,
                                                            BytesView wrapped) = 0;
  [[nodiscard]] virtual Result<Bytes> rewrap_key(const HsmSessionKey& from, const HsmSessionKey& to,
                                                 BytesView wrapped) = 0;
  /// As encrypt and decrypt above, under a session key. `not_found` when it has ended, `invalid_input` for
  /// one that wraps.
  [[nodiscard]] virtual Result<Bytes> encrypt(const HsmSessionKey& key, BytesView plaintext,
                                              BytesView aad) = 0;
  [[nodiscard]] virtual Result<SecretBytes> decrypt(const HsmSessionKey& key, BytesView sealed,
                                                    BytesView aad) = 0;

  /// HMAC-SHA-256 (FIPS 198-1), 32 bytes.
  [[nodiscard]] virtual Result<Bytes> mac(const HsmKeyRef& key, BytesView data) = 0;

  /// ECDSA over an already computed digest; returns DER Ecdsa-Sig-Value. Of an RSA key: RSASSA-PSS over a
  /// SHA-256 digest, as long as the modulus.
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

  /// As generate_wrapping_key, but durable only after the next sync(): until then a power cut may take the
  /// key away. A token overrides this and sync(), or neither.
  [[nodiscard]] virtual Result<HsmKeyRef> generate_wrapping_key_unsynced(const std::string& label) {
    return generate_wrapping_key(label);
  }
  /// Makes durable what was made on the token before it was called. May run beside any other call.
  [[nodiscard]] virtual Status sync() { return {}; }

  /// How often the library had to be given up and attached again. Corrupt input must leave it at 0.
  [[nodiscard]] virtual std::uint64_t reload_count() const = 0;

  /// RSA-3072 signing key pair as token objects, for RSASSA-PSS with SHA-256, MGF1-SHA-256 and a salt of 32
  /// bytes: where a token has no ECDSA. Durable when this returns.
  [[nodiscard]] virtual Result<HsmKeyRef> generate_rsa_signing_key(const std::string& label) {
    return fail(ErrorKind::hsm, "no RSA key for " + label + " on this token");
  }
};

}  // namespace quietus
