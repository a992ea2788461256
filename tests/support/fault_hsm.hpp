// An Hsm that counts its calls and makes one of them fail: before the call (nothing happened) or after it (it
// happened, and the answer was lost). What the sweeps of "fail the Nth call, for every N" run on.
#pragma once

#include <atomic>
#include <functional>

#include "quietus/hsm.hpp"

namespace quietus::testing {

class FaultHsm : public Hsm {
 public:
  enum class When { before, after };

  explicit FaultHsm(Hsm& inner) : inner_(inner) {}
  /// The `call`-th call from now (1 = next) fails once with `kind`.
  void fail_at(std::uint64_t call, When when, ErrorKind kind = ErrorKind::unavailable) {
    calls_ = 0;
    failing_call_ = call;
    when_ = when;
    kind_ = kind;
  }
  /// The `call`-th sync() from now fails once. They are counted by themselves: a sync runs beside other
  /// calls.
  void fail_sync_at(std::uint64_t call, When when) {
    syncs_ = 0;
    failing_sync_ = call;
    sync_when_ = when;
  }
  [[nodiscard]] std::uint64_t syncs() const { return syncs_; }
  std::function<void()> before_destroy;  ///< looks at the world as it is when a key is about to go
  void never_fail() { fail_at(0, When::before); }
  [[nodiscard]] std::uint64_t calls() const { return calls_; }
  [[nodiscard]] bool has_failed() const { return failing_call_ != 0 && calls_ >= failing_call_; }

  Result<HsmInfo> info() override {
    return run([&] { return inner_.info(); });
  }
  Result<Bytes> random(std::size_t n) override {
    return run([&] { return inner_.random(n); });
  }
  Result<HsmKeyRef> generate_device_key(const std::string& label) override {
    return run([&] { return inner_.generate_device_key(label); });
  }
  Result<HsmKeyRef> generate_signing_key(const std::string& label, EcCurve curve) override {
    return run([&] { return inner_.generate_signing_key(label, curve); });
  }
  [[nodiscard]] const HsmCapabilities& capabilities() const override { return inner_.capabilities(); }
  Result<HsmKeyRef> generate_rsa_signing_key(const std::string& label) override {
    return run([&] { return inner_.generate_rsa_signing_key(label); });
  }
  Result<HsmKeyRef> generate_wrapping_key(const std::string& label) override {
    return run([&] { return inner_.generate_wrapping_key(label); });
  }
  Result<HsmKeyRef> generate_wrapping_key_unsynced(const std::string& label) override {
    return run([&] { return inner_.generate_wrapping_key_unsynced(label); });
  }
  Status sync() override {
    const bool failing = ++syncs_ == failing_sync_;
    if (failing && sync_when_ == When::before) return fail(ErrorKind::io, "injected before the sync");
    const Status synced = inner_.sync();
    return failing ? fail(ErrorKind::io, "injected after the sync") : synced;
  }
  Result<HsmKeyRef> generate_mac_key(const std::string& label) override {
    return run([&] { return inner_.generate_mac_key(label); });
  }
  Result<Bytes> generate_wrapped_key(const HsmKeyRef& wrapping) override {
    return run([&] { return inner_.generate_wrapped_key(wrapping); });
  }
  Result<Bytes> wrap_imported_key(const HsmKeyRef& wrapping, const SecretBytes& key) override {
    return run([&] { return inner_.wrap_imported_key(wrapping, key); });
  }
  Result<HsmSessionKeyPtr> unwrap_key(const HsmKeyRef& wrapping, BytesView wrapped) override {
    return run([&] { return inner_.unwrap_key(wrapping, wrapped); });
  }
  Result<Bytes> rewrap_key(const HsmKeyRef& from, const HsmKeyRef& to, BytesView wrapped) override {
    return run([&] { return inner_.rewrap_key(from, to, wrapped); });
  }
  Result<HsmSessionKeyPtr> unwrap_wrapping_key(const HsmKeyRef& wrapping, BytesView wrapped) override {
    return run([&] { return inner_.unwrap_wrapping_key(wrapping, wrapped); });
  }
  Result<Bytes> generate_wrapped_key(const HsmSessionKey& wrapping) override {
    return run([&] { return inner_.generate_wrapped_key(wrapping); });
  }
  Result<Bytes> wrap_imported_key(const HsmSessionKey& wrapping, const SecretBytes& key) override {
    return run([&] { return inner_.wrap_imported_key(wrapping, key); });
  }
  Result<HsmSessionKeyPtr> unwrap_key(const HsmSessionKey& wrapping, BytesView wrapped) override {
    return run([&] { return inner_.unwrap_key(wrapping, wrapped); });
  }
  Result<Bytes> rewrap_key(const HsmSessionKey& from, const HsmSessionKey& to, BytesView wrapped) override {
    return run([&] { return inner_.rewrap_key(from, to, wrapped); });
  }
  Result<Bytes> encrypt(const HsmSessionKey& key, BytesView plaintext, BytesView aad) override {
    return run([&] { return inner_.encrypt(key, plaintext, aad); });
  }
  Result<SecretBytes> decrypt(const HsmSessionKey& key, BytesView sealed, BytesView aad) override {
    return run([&] { return inner_.decrypt(key, sealed, aad); });
  }
  Result<Bytes> mac(const HsmKeyRef& key, BytesView data) override {
    return run([&] { return inner_.mac(key, data); });
  }
  Result<Bytes> public_key(const HsmKeyRef& key) override {
    return run([&] { return inner_.public_key(key); });
  }
  Result<Bytes> encrypt(const HsmKeyRef& key, BytesView plaintext, BytesView aad) override {
    return run([&] { return inner_.encrypt(key, plaintext, aad); });
  }
  Result<SecretBytes> decrypt(const HsmKeyRef& key, BytesView sealed, BytesView aad) override {
    return run([&] { return inner_.decrypt(key, sealed, aad); });
  }
  Result<Bytes> sign_digest(const HsmKeyRef& key, BytesView digest) override {
    return run([&] { return inner_.sign_digest(key, digest); });
  }
  Result<HsmKeyAttributes> attributes(const HsmKeyRef& key) override {
    return run([&] { return inner_.attributes(key); });
  }
  Status destroy(const HsmKeyRef& key) override {
    if (before_destroy) before_destroy();
    return run([&] { return inner_.destroy(key); });
  }
  Result<std::vector<HsmObject>> census() override {
    return run([&] { return inner_.census(); });
  }
  Status store_data(const std::string& label, BytesView value) override {
    return run([&] { return inner_.store_data(label, value); });
  }
  Result<std::optional<Bytes>> load_data(const std::string& label) override {
    return run([&] { return inner_.load_data(label); });
  }
  [[nodiscard]] std::uint64_t reload_count() const override { return inner_.reload_count(); }

 private:
  template <class Call>
  auto run(Call call) -> decltype(call()) {
    const bool failing = ++calls_ == failing_call_;
    if (failing && when_ == When::before) return fail(kind_, "injected before the call");
    auto result = call();
    if (failing) return fail(kind_, "injected after the call");
    return result;
  }

  Hsm& inner_;
  std::atomic<std::uint64_t> calls_ = 0;
  std::uint64_t failing_call_ = 0;
  When when_ = When::before;
  std::atomic<std::uint64_t> syncs_ = 0;
  std::uint64_t failing_sync_ = 0;
  When sync_when_ = When::before;
  ErrorKind kind_ = ErrorKind::unavailable;
};

}  // namespace quietus::testing
