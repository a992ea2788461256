// An HSM in memory that keeps the contract of quietus/hsm.hpp (tests/contract/hsm runs against it), and that
// can be told to lie about a destruction in the ways a broken or dishonest token could.
#pragma once

#include <map>

#include "base/mutex.hpp"
#include "quietus/hsm.hpp"

namespace quietus::testing {

class FakeHsm : public Hsm {
 public:
  enum class Lie {
    none,
    keeps_object,          ///< destroy says ok and does nothing
    keeps_copy,            ///< destroy leaves a copy under another id
    hides_object,          ///< destroy hides the key from look-ups and censuses; it still decrypts
    hides_object_in_find,  ///< look-ups say not found, but decryption and census still know it
    loses_a_neighbour,     ///< destroy takes another object with it
  };

  Result<HsmInfo> info() override;
  Result<Bytes> random(std::size_t size_bytes) override;
  Result<HsmKeyRef> generate_device_key(const std::string& label) override;
  Result<HsmKeyRef> generate_signing_key(const std::string& label, EcCurve curve) override;
  Result<Bytes> public_key(const HsmKeyRef& key) override;
  Result<Bytes> encrypt(const HsmKeyRef& key, BytesView plaintext, BytesView aad) override;
  Result<SecretBytes> decrypt(const HsmKeyRef& key, BytesView sealed, BytesView aad) override;
  Result<Bytes> sign_digest(const HsmKeyRef& key, BytesView digest) override;
  Result<HsmKeyAttributes> attributes(const HsmKeyRef& key) override;
  Status destroy(const HsmKeyRef& key) override;
  Result<std::vector<HsmObject>> census() override;
  Status store_data(const std::string& label, BytesView value) override;
  Result<std::optional<Bytes>> load_data(const std::string& label) override;
  [[nodiscard]] std::uint64_t reload_count() const override { return 0; }

  void lie(Lie lie) { lie_ = lie; }
  /// A copy made behind everybody's back, as C_CopyObject would: same key, new id.
  HsmKeyRef copy(const HsmKeyRef& key);
  void set_attributes(const HsmKeyRef& key, const HsmKeyAttributes& attributes);

 private:
  struct Key {
    HsmKeyAttributes attributes;
    Bytes secret;                // device key
    std::shared_ptr<void> pair;  // EVP_PKEY
    EcCurve curve = EcCurve::p256;
    bool in_find = true, in_census = true;
  };
  Result<Key*> device_key(const HsmKeyRef& key) QUIETUS_REQUIRES(mutex_);
  HsmKeyRef keep(Key key) QUIETUS_REQUIRES(mutex_);

  Mutex mutex_;
  std::map<HsmKeyRef, Key> keys_ QUIETUS_GUARDED_BY(mutex_);
  std::map<std::string, Bytes> data_ QUIETUS_GUARDED_BY(mutex_);
  Lie lie_ = Lie::none;
};

}  // namespace quietus::testing
