// An HSM in memory that keeps the contract of quietus/hsm.hpp (tests/contract/hsm runs against it), and that
// can be told to lie about a destruction in the ways a broken or dishonest token could.
#pragma once

#include <map>
#include <set>

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
    keeps_public_half,     ///< destroy takes only the half of a pair that works
  };

  Result<HsmInfo> info() override;
  [[nodiscard]] const HsmCapabilities& capabilities() const override { return capabilities_; }
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
  [[nodiscard]] std::uint64_t reload_count() const override { return 0; }

  void lie(Lie lie) { lie_ = lie; }
  /// A token that lacks things.
  void set_capabilities(const HsmCapabilities& capabilities) { capabilities_ = capabilities; }
  /// The token is attached anew: every session key has ended.
  void end_sessions() {
    const MutexLock lock(mutex_);
    ++generation_;
  }
  /// The power goes: what was made and never synced is not there any more.
  void lose_unsynced();
  /// The half of a pair that works is gone, as a crash between the two leaves it.
  void halve(const HsmKeyRef& key);
  /// The same of a pair that was destroyed.
  void put_back_public_half(const HsmKeyRef& key);
  /// A copy made behind everybody's back, as C_CopyObject would: same key, new id.
  HsmKeyRef copy(const HsmKeyRef& key);
  void set_attributes(const HsmKeyRef& key, const HsmKeyAttributes& attributes);

 private:
  enum class Use { cipher, wrap, mac, sign };
  struct Key {
    HsmKeyAttributes attributes;
    Use use = Use::cipher;
    Bytes secret;                // all but pairs
    std::shared_ptr<void> pair;  // EVP_PKEY
    bool in_find = true, in_census = true;
    bool half = false;  ///< of a pair the public one alone
  };
  struct SessionKey;
  static HsmKeyUsage usage_of(Use use);
  Result<HsmKeyRef> generate_secret(const std::string& label, Use use, bool synced = true)
      QUIETUS_EXCLUDES(mutex_);
  /// `invalid_input` when the key is for another use.
  Result<Key*> key_for(const HsmKeyRef& key, Use use) QUIETUS_REQUIRES(mutex_);
  Result<Bytes> session_secret(const HsmSessionKey& key, Use use) QUIETUS_EXCLUDES(mutex_);
  Result<HsmSessionKeyPtr> session_of(BytesView wrapping_secret, BytesView wrapped, Use use)
      QUIETUS_REQUIRES(mutex_);
  Result<HsmKeyRef> keep_pair(const std::string& label, void* pair, std::uint32_t type)
      QUIETUS_EXCLUDES(mutex_);
  HsmKeyRef keep(Key key) QUIETUS_REQUIRES(mutex_);

  Mutex mutex_;
  std::map<HsmKeyRef, Key> keys_ QUIETUS_GUARDED_BY(mutex_);
  std::set<HsmKeyRef> unsynced_ QUIETUS_GUARDED_BY(mutex_);
  std::map<HsmKeyRef, Key> destroyed_pairs_ QUIETUS_GUARDED_BY(mutex_);
  std::map<std::string, Bytes> data_ QUIETUS_GUARDED_BY(mutex_);
  std::uint64_t generation_ QUIETUS_GUARDED_BY(mutex_) = 0;
  Lie lie_ = Lie::none;
  HsmCapabilities capabilities_{true, true, true, true, true, false, true, true, false, true};
};

}  // namespace quietus::testing
