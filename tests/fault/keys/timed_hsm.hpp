// An Hsm that adds up the time that is spent inside it: what is left of a wall-clock time is ours.
#pragma once

#include <atomic>
#include <chrono>

#include "quietus/hsm.hpp"

namespace quietus::test {

class TimedHsm : public Hsm {
 public:
  explicit TimedHsm(Hsm& inner) : inner_(inner) {}
  [[nodiscard]] double milliseconds() const { return static_cast<double>(spent_.load()) / 1e6; }
  [[nodiscard]] std::uint64_t calls() const { return calls_.load(); }
  void reset() { spent_ = calls_ = 0; }

  Result<HsmInfo> info() override {
    return timed([&] { return inner_.info(); });
  }
  [[nodiscard]] const HsmCapabilities& capabilities() const override { return inner_.capabilities(); }
  Result<Bytes> random(std::size_t n) override {
    return timed([&] { return inner_.random(n); });
  }
  Result<HsmKeyRef> generate_device_key(const std::string& label) override {
    return timed([&] { return inner_.generate_device_key(label); });
  }
  Result<HsmKeyRef> generate_signing_key(const std::string& label, EcCurve curve) override {
    return timed([&] { return inner_.generate_signing_key(label, curve); });
  }
  Result<HsmKeyRef> generate_rsa_signing_key(const std::string& label) override {
    return timed([&] { return inner_.generate_rsa_signing_key(label); });
  }
  Result<HsmKeyRef> generate_wrapping_key(const std::string& label) override {
    return timed([&] { return inner_.generate_wrapping_key(label); });
  }
  Result<HsmKeyRef> generate_wrapping_key_unsynced(const std::string& label) override {
    return timed([&] { return inner_.generate_wrapping_key_unsynced(label); });
  }
  Status sync() override { return inner_.sync(); }
  Result<HsmKeyRef> generate_mac_key(const std::string& label) override {
    return timed([&] { return inner_.generate_mac_key(label); });
  }
  Result<Bytes> public_key(const HsmKeyRef& key) override {
    return timed([&] { return inner_.public_key(key); });
  }
  Result<Bytes> encrypt(const HsmKeyRef& key, BytesView plaintext, BytesView aad) override {
    return timed([&] { return inner_.encrypt(key, plaintext, aad); });
  }
  Result<SecretBytes> decrypt(const HsmKeyRef& key, BytesView sealed, BytesView aad) override {
    return timed([&] { return inner_.decrypt(key, sealed, aad); });
  }
  Result<Bytes> generate_wrapped_key(const HsmKeyRef& wrapping) override {
    return timed([&] { return inner_.generate_wrapped_key(wrapping); });
  }
  Result<Bytes> wrap_imported_key(const HsmKeyRef& wrapping, const SecretBytes& key) override {
    return timed([&] { return inner_.wrap_imported_key(wrapping, key); });
  }
  Result<HsmSessionKeyPtr> unwrap_key(const HsmKeyRef& wrapping, BytesView wrapped) override {
    return timed([&] { return inner_.unwrap_key(wrapping, wrapped); });
  }
  Result<Bytes> rewrap_key(const HsmKeyRef& from, const HsmKeyRef& to, BytesView wrapped) override {
    return timed([&] { return inner_.rewrap_key(from, to, wrapped); });
  }
  Result<HsmSessionKeyPtr> unwrap_wrapping_key(const HsmKeyRef& wrapping, BytesView wrapped) override {
    return timed([&] { return inner_.unwrap_wrapping_key(wrapping, wrapped); });
  }
  Result<Bytes> generate_wrapped_key(const HsmSessionKey& wrapping) override {
    return timed([&] { return inner_.generate_wrapped_key(wrapping); });
  }
  Result<Bytes> wrap_imported_key(const HsmSessionKey& wrapping, const SecretBytes& key) override {
    return timed([&] { return inner_.wrap_imported_key(wrapping, key); });
  }
  Result<HsmSessionKeyPtr> unwrap_key(const HsmSessionKey& wrapping, BytesView wrapped) override {
    return timed([&] { return inner_.unwrap_key(wrapping, wrapped); });
  }
  Result<Bytes> rewrap_key(const HsmSessionKey& from, const HsmSessionKey& to, BytesView wrapped) override {
    return timed([&] { return inner_.rewrap_key(from, to, wrapped); });
  }
  Result<Bytes> encrypt(const HsmSessionKey& key, BytesView plaintext, BytesView aad) override {
    return timed([&] { return inner_.encrypt(key, plaintext, aad); });
  }
  Result<SecretBytes> decrypt(const HsmSessionKey& key, BytesView sealed, BytesView aad) override {
    return timed([&] { return inner_.decrypt(key, sealed, aad); });
  }
  Result<Bytes> mac(const HsmKeyRef& key, BytesView data) override {
    return timed([&] { return inner_.mac(key, data); });
  }
  Result<Bytes> sign_digest(const HsmKeyRef& key, BytesView digest) override {
    return timed([&] { return inner_.sign_digest(key, digest); });
  }
  Result<HsmKeyAttributes> attributes(const HsmKeyRef& key) override {
    return timed([&] { return inner_.attributes(key); });
  }
  Status destroy(const HsmKeyRef& key) override {
    return timed([&] { return inner_.destroy(key); });
  }
  Result<std::vector<HsmObject>> census() override {
    return timed([&] { return inner_.census(); });
  }
  Status store_data(const std::string& label, BytesView value) override {
    return timed([&] { return inner_.store_data(label, value); });
  }
  Result<std::optional<Bytes>> load_data(const std::string& label) override {
    return timed([&] { return inner_.load_data(label); });
  }
  [[nodiscard]] std::uint64_t reload_count() const override { return inner_.reload_count(); }

 private:
  template <class Call>
  auto timed(Call call) -> decltype(call()) {
    const auto begun = std::chrono::steady_clock::now();
    auto result = call();
    spent_ += static_cast<std::uint64_t>((std::chrono::steady_clock::now() - begun).count());
    ++calls_;
    return result;
  }

  Hsm& inner_;
  std::atomic<std::uint64_t> spent_ = 0, calls_ = 0;
};

}  // namespace quietus::test
