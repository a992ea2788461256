#include "tests/support/fake_hsm.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>

#include "base/crypto.hpp"
#include "tests/support/key_wrap.hpp"

namespace quietus::testing {

namespace {

constexpr std::size_t kMaxBytes = 64 * 1024;
constexpr std::uint32_t kClassData = 0, kClassPublicKey = 2, kClassPrivateKey = 3, kClassSecretKey = 4,
                        kTypeRsa = 0, kTypeEc = 3, kTypeGenericSecret = 0x10, kTypeAes = 0x1F;

Status check_label(const std::string& label) {
  const bool good = !label.empty() && label.size() <= 128 &&
                    std::ranges::all_of(label, [](char c) { return c >= ' ' && c <= '~'; });
  return good ? Status{} : fail(ErrorKind::invalid_input, "a label is 1..128 printable ASCII characters");
}

bool pss_if_rsa(EVP_PKEY_CTX* context, const EVP_PKEY* pair) {
  return EVP_PKEY_get_base_id(pair) != EVP_PKEY_RSA ||
         (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
          EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1 &&
          EVP_PKEY_CTX_set_rsa_pss_saltlen(context, 32) == 1);
}

std::unexpected<Error> no_such_key() { return fail(ErrorKind::not_found, "no such key"); }

HsmKeyAttributes attributes_of(std::uint32_t type, std::uint32_t length, const std::string& label) {
  HsmKeyAttributes a;
  a.token = a.sensitive = a.always_sensitive = a.never_extractable = a.local = true;
  a.extractable = a.copyable = a.modifiable = false;
  a.key_type = type;
  a.value_length_bytes = length;
  a.label = label;
  return a;
}

Status check_plaintext(BytesView plaintext, BytesView aad) {
  if (plaintext.empty() || plaintext.size() > kMaxBytes || aad.size() > kMaxBytes)
    return fail(ErrorKind::invalid_input, "the HSM encrypts 1..65536 bytes");
  return {};
}

Result<Bytes> gcm_seal(BytesView secret, BytesView plaintext, BytesView aad) {
  QUIETUS_TRY(key, SecretBytes::copy_of(secret));
  Bytes sealed = random_bytes(Hsm::kGcmIvBytes);
  QUIETUS_TRY(body, aes_256_gcm_seal(key, sealed, aad, plaintext));
  sealed.insert(sealed.end(), body.begin(), body.end());
  return sealed;
}

Result<SecretBytes> gcm_open(BytesView secret, BytesView sealed, BytesView aad) {
  constexpr std::size_t kIv = Hsm::kGcmIvBytes, kTag = Hsm::kGcmTagBytes;
  if (aad.size() > kMaxBytes) return fail(ErrorKind::invalid_input, "too much associated data");
  if (sealed.size() <= kIv + kTag || sealed.size() > kIv + kMaxBytes + kTag)
    return fail(ErrorKind::corrupt, "the ciphertext does not open");
  QUIETUS_TRY(key, SecretBytes::copy_of(secret));
  const auto opened = aes_256_gcm_open(key, sealed.first(kIv), aad, sealed.subspan(kIv));
  if (!opened) return fail(ErrorKind::corrupt, "the ciphertext does not open");
  return SecretBytes::copy_of(*opened);
}

}  // namespace

Result<HsmInfo> FakeHsm::info() {
  return HsmInfo{"Quietus tests",       "fake", "0001", "1.0", "fake 1.0", "fake", "fake",
                 "Erased from memory.", false,  false};
}

Result<Bytes> FakeHsm::random(std::size_t size_bytes) {
  if (size_bytes == 0 || size_bytes > kMaxBytes)
    return fail(ErrorKind::invalid_input, "random takes 1..65536 bytes");
  return random_bytes(size_bytes);
}

HsmKeyRef FakeHsm::keep(Key key) {
  HsmKeyRef ref;
  std::ranges::copy(random_bytes(ref.cka_id.size()), ref.cka_id.begin());
  keys_[ref] = std::move(key);
  return ref;
}

HsmKeyUsage FakeHsm::usage_of(Use use) {
  HsmKeyUsage usage{false, false, false, false, false, false, false};
  usage.encrypt = usage.decrypt = use == Use::cipher;
  usage.wrap = usage.unwrap = use == Use::wrap;
  usage.sign = usage.verify = use == Use::mac;
  return usage;
}

Result<HsmKeyRef> FakeHsm::generate_secret(const std::string& label, Use use, bool synced) {
  QUIETUS_CHECK(check_label(label));
  const MutexLock lock(mutex_);
  Key key;
  key.attributes = attributes_of(use == Use::mac ? kTypeGenericSecret : kTypeAes, 32, label);
  key.attributes.usage = usage_of(use);
  key.use = use;
  key.secret = random_bytes(32);
  const HsmKeyRef made = keep(std::move(key));
  if (synced) unsynced_.clear();  // a sync makes everything durable
  if (!synced) unsynced_.insert(made);
  return made;
}

Result<HsmKeyRef> FakeHsm::generate_device_key(const std::string& label) {
  return generate_secret(label, Use::cipher);
}
Result<HsmKeyRef> FakeHsm::generate_wrapping_key(const std::string& label) {
  return generate_secret(label, Use::wrap);
}
Result<HsmKeyRef> FakeHsm::generate_wrapping_key_unsynced(const std::string& label) {
  return generate_secret(label, Use::wrap, false);
}
Status FakeHsm::sync() {
  const MutexLock lock(mutex_);
  unsynced_.clear();
  return {};
}
void FakeHsm::lose_unsynced() {
  const MutexLock lock(mutex_);
  for (const HsmKeyRef& key : std::exchange(unsynced_, {})) keys_.erase(key);
}
Result<HsmKeyRef> FakeHsm::generate_mac_key(const std::string& label) {
  return generate_secret(label, Use::mac);
}

Result<HsmKeyRef> FakeHsm::generate_signing_key(const std::string& label, EcCurve curve) {
  QUIETUS_CHECK(check_label(label));
  return keep_pair(label, EVP_EC_gen(curve == EcCurve::p256 ? "P-256" : "P-384"), kTypeEc);
}

Result<HsmKeyRef> FakeHsm::generate_rsa_signing_key(const std::string& label) {
  QUIETUS_CHECK(check_label(label));
  if (!capabilities_.rsa_pss) return fail(ErrorKind::hsm, "the token cannot sign with RSA");
  return keep_pair(label, EVP_RSA_gen(3072), kTypeRsa);
}

Result<HsmKeyRef> FakeHsm::keep_pair(const std::string& label, void* pair, std::uint32_t type) {
  if (pair == nullptr) return fail(ErrorKind::hsm, "no key pair");
  const MutexLock lock(mutex_);
  Key key;
  key.attributes = attributes_of(type, 0, label);
  key.pair = std::shared_ptr<void>(pair, [](void* made) { EVP_PKEY_free(static_cast<EVP_PKEY*>(made)); });
  key.use = Use::sign;
  return keep(std::move(key));
}

Result<Bytes> FakeHsm::public_key(const HsmKeyRef& ref) {
  const MutexLock lock(mutex_);
  const auto found = keys_.find(ref);
  if (found == keys_.end() || !found->second.pair) return no_such_key();
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(static_cast<EVP_PKEY*>(found->second.pair.get()), &der);
  if (size <= 0) return fail(ErrorKind::hsm, "no public key");
  Bytes encoded(der, der + size);
  OPENSSL_free(der);
  return encoded;
}

Result<FakeHsm::Key*> FakeHsm::key_for(const HsmKeyRef& ref, Use use) {
  const auto found = keys_.find(ref);
  if (found == keys_.end()) return no_such_key();
  if (found->second.use != use) return fail(ErrorKind::invalid_input, "this key is for another use");
  return &found->second;
}

Result<Bytes> FakeHsm::encrypt(const HsmKeyRef& ref, BytesView plaintext, BytesView aad) {
  QUIETUS_CHECK(check_plaintext(plaintext, aad));
  const MutexLock lock(mutex_);
  QUIETUS_TRY(key, key_for(ref, Use::cipher));
  return gcm_seal(key->secret, plaintext, aad);
}

Result<SecretBytes> FakeHsm::decrypt(const HsmKeyRef& ref, BytesView sealed, BytesView aad) {
  const MutexLock lock(mutex_);
  QUIETUS_TRY(key, key_for(ref, Use::cipher));
  return gcm_open(key->secret, sealed, aad);
}

struct FakeHsm::SessionKey : HsmSessionKey {
  Bytes secret;
  Use use = Use::cipher;
  std::uint64_t generation = 0;
};

Result<Bytes> FakeHsm::session_secret(const HsmSessionKey& key, Use use) {
  const auto* own = dynamic_cast<const SessionKey*>(&key);
  const MutexLock lock(mutex_);
  if (own == nullptr || own->generation != generation_) return no_such_key();
  if (own->use != use) return fail(ErrorKind::invalid_input, "this key is for another use");
  return own->secret;
}

Result<HsmSessionKeyPtr> FakeHsm::session_of(BytesView wrapping_secret, BytesView wrapped, Use use) {
  QUIETUS_TRY(secret, key_unwrap(wrapping_secret, wrapped));
  auto session = std::make_shared<SessionKey>();
  session->secret = std::move(secret);
  session->use = use;
  session->generation = generation_;
  return HsmSessionKeyPtr(std::move(session));
}

Result<Bytes> FakeHsm::encrypt(const HsmSessionKey& key, BytesView plaintext, BytesView aad) {
  QUIETUS_CHECK(check_plaintext(plaintext, aad));
  QUIETUS_TRY(secret, session_secret(key, Use::cipher));
  return gcm_seal(secret, plaintext, aad);
}

Result<SecretBytes> FakeHsm::decrypt(const HsmSessionKey& key, BytesView sealed, BytesView aad) {
  QUIETUS_TRY(secret, session_secret(key, Use::cipher));
  return gcm_open(secret, sealed, aad);
}

Result<Bytes> FakeHsm::generate_wrapped_key(const HsmKeyRef& wrapping) {
  const MutexLock lock(mutex_);
  QUIETUS_TRY(key, key_for(wrapping, Use::wrap));
  return key_wrap(key->secret, random_bytes(32));
}

Result<Bytes> FakeHsm::wrap_imported_key(const HsmKeyRef& wrapping, const SecretBytes& imported) {
  if (imported.size() != 32) return fail(ErrorKind::invalid_input, "an imported key has 32 bytes");
  const MutexLock lock(mutex_);
  QUIETUS_TRY(key, key_for(wrapping, Use::wrap));
  return key_wrap(key->secret, imported.view());
}

Result<HsmSessionKeyPtr> FakeHsm::unwrap_key(const HsmKeyRef& wrapping, BytesView wrapped) {
  const MutexLock lock(mutex_);
  QUIETUS_TRY(key, key_for(wrapping, Use::wrap));
  return session_of(key->secret, wrapped, Use::cipher);
}

Result<HsmSessionKeyPtr> FakeHsm::unwrap_wrapping_key(const HsmKeyRef& wrapping, BytesView wrapped) {
  const MutexLock lock(mutex_);
  QUIETUS_TRY(key, key_for(wrapping, Use::wrap));
  return session_of(key->secret, wrapped, Use::wrap);
}

Result<Bytes> FakeHsm::rewrap_key(const HsmKeyRef& from, const HsmKeyRef& to, BytesView wrapped) {
  const MutexLock lock(mutex_);
  QUIETUS_TRY(old_key, key_for(from, Use::wrap));
  QUIETUS_TRY(new_key, key_for(to, Use::wrap));
  QUIETUS_TRY(secret, key_unwrap(old_key->secret, wrapped));
  return key_wrap(new_key->secret, secret);
}

Result<Bytes> FakeHsm::generate_wrapped_key(const HsmSessionKey& wrapping) {
  QUIETUS_TRY(secret, session_secret(wrapping, Use::wrap));
  return key_wrap(secret, random_bytes(32));
}

Result<Bytes> FakeHsm::wrap_imported_key(const HsmSessionKey& wrapping, const SecretBytes& imported) {
  if (imported.size() != 32) return fail(ErrorKind::invalid_input, "an imported key has 32 bytes");
  QUIETUS_TRY(secret, session_secret(wrapping, Use::wrap));
  return key_wrap(secret, imported.view());
}

Result<HsmSessionKeyPtr> FakeHsm::unwrap_key(const HsmSessionKey& wrapping, BytesView wrapped) {
  QUIETUS_TRY(secret, session_secret(wrapping, Use::wrap));
  const MutexLock lock(mutex_);
  return session_of(secret, wrapped, Use::cipher);
}

Result<Bytes> FakeHsm::rewrap_key(const HsmSessionKey& from, const HsmSessionKey& to, BytesView wrapped) {
  QUIETUS_TRY(old_secret, session_secret(from, Use::wrap));
  QUIETUS_TRY(new_secret, session_secret(to, Use::wrap));
  QUIETUS_TRY(secret, key_unwrap(old_secret, wrapped));
  return key_wrap(new_secret, secret);
}

Result<Bytes> FakeHsm::mac(const HsmKeyRef& ref, BytesView data) {
  if (data.size() > 1024 * 1024)
    return fail(ErrorKind::invalid_input, "the HSM authenticates at most 1048576 bytes");
  const MutexLock lock(mutex_);
  QUIETUS_TRY(key, key_for(ref, Use::mac));
  Bytes out(32);
  unsigned int size = 0;
  if (HMAC(EVP_sha256(), key->secret.data(), static_cast<int>(key->secret.size()), data.data(), data.size(),
           out.data(), &size) == nullptr)
    return fail(ErrorKind::hsm, "no MAC");
  return out;
}

Result<Bytes> FakeHsm::sign_digest(const HsmKeyRef& ref, BytesView digest) {
  if (digest.size() != 32 && digest.size() != 48)
    return fail(ErrorKind::invalid_input, "a digest has 32 or 48 bytes");
  const MutexLock lock(mutex_);
  const auto found = keys_.find(ref);
  if (found == keys_.end() || found->second.half) return no_such_key();
  if (!found->second.pair) return fail(ErrorKind::invalid_input, "this key is for another use");
  auto* pair = static_cast<EVP_PKEY*>(found->second.pair.get());
  if (EVP_PKEY_get_base_id(pair) == EVP_PKEY_RSA && digest.size() != 32)
    return fail(ErrorKind::invalid_input, "an RSA key signs a digest of 32 bytes");
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(EVP_PKEY_CTX_new(pair, nullptr),
                                                                            &EVP_PKEY_CTX_free);
  std::size_t size = 512;
  Bytes signature(size);
  if (!context || EVP_PKEY_sign_init(context.get()) != 1 || !pss_if_rsa(context.get(), pair) ||
      EVP_PKEY_sign(context.get(), signature.data(), &size, digest.data(), digest.size()) != 1)
    return fail(ErrorKind::hsm, "no signature");
  signature.resize(size);
  return signature;
}

Result<HsmKeyAttributes> FakeHsm::attributes(const HsmKeyRef& ref) {
  const MutexLock lock(mutex_);
  const auto found = keys_.find(ref);
  if (found == keys_.end() || !found->second.in_find || found->second.half) return no_such_key();
  return found->second.attributes;
}

Status FakeHsm::destroy(const HsmKeyRef& ref) {
  const MutexLock lock(mutex_);
  const auto found = keys_.find(ref);
  if (found == keys_.end() || !found->second.in_find) return no_such_key();
  if (lie_ == Lie::keeps_object) return {};
  if (lie_ == Lie::hides_object || lie_ == Lie::hides_object_in_find) {
    found->second.in_find = false;
    found->second.in_census = lie_ == Lie::hides_object_in_find;
    return {};
  }
  if (lie_ == Lie::keeps_public_half && found->second.pair) {
    found->second.half = true;
    return {};
  }
  if (lie_ == Lie::keeps_copy) keep(found->second);
  if (found->second.pair) destroyed_pairs_[ref] = found->second;
  keys_.erase(ref);
  if (lie_ == Lie::loses_a_neighbour && !keys_.empty()) keys_.erase(keys_.begin());
  return {};
}

Result<std::vector<HsmObject>> FakeHsm::census() {
  const MutexLock lock(mutex_);
  std::vector<HsmObject> objects;
  for (const auto& [ref, key] : keys_) {
    if (!key.in_census) continue;
    const Bytes id(ref.cka_id.begin(), ref.cka_id.end());
    if (key.pair) objects.push_back({kClassPublicKey, id, key.attributes.label});
    if (key.half) continue;
    objects.push_back({key.pair ? kClassPrivateKey : kClassSecretKey, id, key.attributes.label});
  }
  for (const auto& [label, value] : data_) objects.push_back({kClassData, {}, label});
  std::ranges::sort(objects);
  return objects;
}

Status FakeHsm::store_data(const std::string& label, BytesView value) {
  QUIETUS_CHECK(check_label(label));
  if (value.size() > kMaxBytes)
    return fail(ErrorKind::invalid_input, "a data object has at most 65536 bytes");
  const MutexLock lock(mutex_);
  data_[label] = Bytes(value.begin(), value.end());
  return {};
}

Result<std::optional<Bytes>> FakeHsm::load_data(const std::string& label) {
  QUIETUS_CHECK(check_label(label));
  const MutexLock lock(mutex_);
  const auto found = data_.find(label);
  return found == data_.end() ? std::optional<Bytes>{} : std::optional(found->second);
}

void FakeHsm::halve(const HsmKeyRef& ref) {
  const MutexLock lock(mutex_);
  keys_.at(ref).half = true;
}

void FakeHsm::put_back_public_half(const HsmKeyRef& ref) {
  const MutexLock lock(mutex_);
  keys_[ref] = destroyed_pairs_.at(ref);
  keys_[ref].half = true;
}

HsmKeyRef FakeHsm::copy(const HsmKeyRef& ref) {
  const MutexLock lock(mutex_);
  return keep(keys_.at(ref));
}

void FakeHsm::set_attributes(const HsmKeyRef& ref, const HsmKeyAttributes& attributes) {
  const MutexLock lock(mutex_);
  keys_.at(ref).attributes = attributes;
}

}  // namespace quietus::testing
