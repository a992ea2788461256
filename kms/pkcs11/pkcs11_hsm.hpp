// The Hsm contract over a PKCS#11 v2.40 library in this process. Crash-only: a token that went away stays
// away for this object; the process ends and its supervisor starts a new one. The library is never finalised,
// never unloaded, and the user is never logged out, because other sessions of the process would lose their
// keys with it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "kms/pkcs11/profile.hpp"
#include "quietus/hsm.hpp"
#include "quietus/secret_bytes.hpp"

namespace quietus {

struct Pkcs11Settings {
  std::string module_path;  ///< absolute; empty = the profile's
  /// One of them, or both; exactly one token must match.
  std::string token_label, token_serial;
  SecretBytes pin;  ///< user PIN; used once by attach(), never kept
  pkcs11::Profile profile;
  bool allow_untested = false;  ///< attach although nobody has tried the profile
  /// Where the library keeps the token's files; needed when the profile syncs it or starts the library with
  /// it.
  std::string token_directory;
  /// Called once, from whichever thread noticed, when the token is lost. It must not call back into the Hsm;
  /// a daemon requests its own stop here.
  std::function<void(const std::string& why)> on_lost;
};

namespace pkcs11 {
class Token;
}

class Pkcs11Hsm : public Hsm {
 public:
  static constexpr std::size_t kMaxPlaintextBytes = 64 * 1024, kMaxAadBytes = 64 * 1024,
                               kMaxRandomBytes = 64 * 1024, kMaxDataBytes = 64 * 1024, kMaxLabelBytes = 128,
                               kMaxMacBytes = 1024 * 1024;

  /// Loads the module, finds the token, logs in once. Errors: `invalid_input` (settings), `not_found` (no
  /// module, no such token), `unauthenticated` (PIN refused, locked, or one try from being locked: a wrong
  /// PIN is never tried again).
  static Result<std::unique_ptr<Hsm>> attach(const Pkcs11Settings& settings);
  explicit Pkcs11Hsm(std::shared_ptr<pkcs11::Token> token);  ///< use attach()
  ~Pkcs11Hsm() override;

  Result<HsmInfo> info() override;
  [[nodiscard]] const HsmCapabilities& capabilities() const override;
  Result<Bytes> random(std::size_t size_bytes) override;
  Result<HsmKeyRef> generate_device_key(const std::string& label) override;
  Result<HsmKeyRef> generate_signing_key(const std::string& label, EcCurve curve) override;
  Result<HsmKeyRef> generate_rsa_signing_key(const std::string& label) override;
  Result<HsmKeyRef> generate_wrapping_key(const std::string& label) override;
  Result<HsmKeyRef> generate_wrapping_key_unsynced(const std::string& label) override;
  Status sync() override;
  Result<HsmKeyRef> generate_mac_key(const std::string& label) override;
  Result<Bytes> public_key(const HsmKeyRef& key) override;
  Result<Bytes> encrypt(const HsmKeyRef& key, BytesView plaintext, BytesView aad) override;
  Result<SecretBytes> decrypt(const HsmKeyRef& key, BytesView sealed, BytesView aad) override;
  Result<Bytes> generate_wrapped_key(const HsmKeyRef& wrapping) override;
  Result<Bytes> wrap_imported_key(const HsmKeyRef& wrapping, const SecretBytes& key) override;
  Result<HsmSessionKeyPtr> unwrap_key(const HsmKeyRef& wrapping, BytesView wrapped) override;
  Result<Bytes> rewrap_key(const HsmKeyRef& from, const HsmKeyRef& to, BytesView wrapped) override;
  Result<HsmSessionKeyPtr> unwrap_wrapping_key(const HsmKeyRef& wrapping, BytesView wrapped) override;
  Result<Bytes> generate_wrapped_key(const HsmSessionKey& wrapping) override;
  Result<Bytes> wrap_imported_key(const HsmSessionKey& wrapping, const SecretBytes& key) override;
  Result<HsmSessionKeyPtr> unwrap_key(const HsmSessionKey& wrapping, BytesView wrapped) override;
  Result<Bytes> rewrap_key(const HsmSessionKey& from, const HsmSessionKey& to, BytesView wrapped) override;
  Result<Bytes> encrypt(const HsmSessionKey& key, BytesView plaintext, BytesView aad) override;
  Result<SecretBytes> decrypt(const HsmSessionKey& key, BytesView sealed, BytesView aad) override;
  Result<Bytes> mac(const HsmKeyRef& key, BytesView data) override;
  Result<Bytes> sign_digest(const HsmKeyRef& key, BytesView digest) override;
  Result<HsmKeyAttributes> attributes(const HsmKeyRef& key) override;
  Status destroy(const HsmKeyRef& key) override;
  Result<std::vector<HsmObject>> census() override;
  Status store_data(const std::string& label, BytesView value) override;
  Result<std::optional<Bytes>> load_data(const std::string& label) override;
  /// Beyond the contract, for whoever examines a token: destroys every data object with the label.
  Status remove_data(const std::string& label);
  /// 0 while attached, 1 once the token was given up.
  [[nodiscard]] std::uint64_t reload_count() const override;

  /// True once the token was given up; every call then answers `unavailable` without touching the library.
  [[nodiscard]] bool lost() const;

 private:
  std::shared_ptr<pkcs11::Token> token_;
};

}  // namespace quietus
