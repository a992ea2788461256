#include "base/log.hpp"
#include "kms/pkcs11/capabilities.hpp"
#include "kms/pkcs11/objects.hpp"
#include "kms/pkcs11/operations.hpp"

namespace quietus::pkcs11 {

namespace {

Result<HsmKeyRef> new_id(Token& token) {
  HsmKeyRef key;
  QUIETUS_TRY(bytes, random(token, key.cka_id.size()));
  std::copy(bytes.begin(), bytes.end(), key.cka_id.begin());
  return key;
}

/// Some libraries take a template and do not keep to it. CKA_LOCAL is recorded but not demanded: NSS leaves
/// it false.
Status keeps_its_promises(const HsmKeyAttributes& key, const Quirks& quirks) {
  if (key.token && key.sensitive && !key.extractable && key.always_sensitive && key.never_extractable &&
      (!key.copyable || quirks.no_copyable_attribute) && !key.modifiable)
    return {};
  return fail(ErrorKind::hsm, "the token made a key that could be copied, changed or taken out",
              "use a token that honours CKA_SENSITIVE, CKA_EXTRACTABLE, CKA_COPYABLE and CKA_MODIFIABLE");
}

enum class Sync { now, later };

/// Durable and as ordered, or not there at all.
Result<HsmKeyRef> settle(Token& token, const HsmKeyRef& key, Sync sync = Sync::now) {
  Status good = sync == Sync::now ? token.sync() : Status{};
  if (good) {
    const auto attributes = read_key_attributes(token, key);
    good = attributes ? keeps_its_promises(*attributes, token.profile.quirks)
                      : Status(std::unexpected(attributes.error()));
  }
  if (good) return key;
  if (const Status gone = destroy(token, key); !gone)
    log(LogLevel::warning, "an unused key stays on the token", {{"why", gone.error().message}});
  return std::unexpected(std::move(good).error());
}

/// `made` saves the search for what the token has just handed out; whether it is this key's object, the
/// object itself is asked.
Result<HsmKeyRef> settle(Token& token, const HsmKeyRef& key, const KeyHandle& made,
                         std::uint64_t handles_generation, Sync sync) {
  token.handles.remember(key, made, handles_generation);
  return settle(token, key, sync);
}

/// A library that failed half way may have made one half of a pair.
std::unexpected<Error> without_remains(Token& token, const HsmKeyRef& key, Error why) {
  const Status gone = destroy(token, key);
  if (!gone && gone.error().kind != ErrorKind::not_found)
    log(LogLevel::warning, "half of an unused key may stay on the token", {{"why", gone.error().message}});
  return std::unexpected(std::move(why));
}

template <class MakeTemplate>
Result<HsmKeyRef> generate_secret(Token& token, CK_MECHANISM_TYPE type, MakeTemplate make_template,
                                  Sync sync = Sync::now) {
  QUIETUS_TRY(key, new_id(token));
  const std::uint64_t generation = token.handles.generation();
  CK_OBJECT_HANDLE object = 0;
  {
    QUIETUS_TRY(lease, token.lease());
    Template wanted = fitted(make_template(key), token.profile.quirks);
    CK_MECHANISM mechanism{type, nullptr, 0};
    const MutexLock one_at_a_time(token.objects_mutex);
    const CK_RV rv =
        token.module->C_GenerateKey(lease.handle(), &mechanism, wanted.data(), wanted.size(), &object);
    if (rv != CKR_OK) return token.failed(lease, Operation::generate, rv);
  }
  return settle(token, key, {object, CKO_SECRET_KEY}, generation, sync);
}

Status generate_pair(Token& token, CK_MECHANISM_TYPE type, Template public_half, Template private_half) {
  private_half = fitted(std::move(private_half), token.profile.quirks);
  if (token.profile.quirks.no_decrypt_attribute) private_half.omit(CKA_DECRYPT);
  QUIETUS_TRY(lease, token.lease());
  CK_MECHANISM mechanism{type, nullptr, 0};
  CK_OBJECT_HANDLE public_object = 0, private_object = 0;
  const MutexLock one_at_a_time(token.objects_mutex);
  const CK_RV rv = token.module->C_GenerateKeyPair(lease.handle(), &mechanism, public_half.data(),
                                                   public_half.size(), private_half.data(),
                                                   private_half.size(), &public_object, &private_object);
  if (rv != CKR_OK) return token.failed(lease, Operation::generate, rv);
  return {};
}

/// `public_half` without an id.
Result<HsmKeyRef> generate_signer(Token& token, CK_MECHANISM_TYPE type, const std::string& label,
                                  Template public_half) {
  QUIETUS_TRY(key, new_id(token));
  public_half.bytes(CKA_ID, key.cka_id);
  const Status made =
      generate_pair(token, type, std::move(public_half), signing_private_template(key, label));
  if (!made) return without_remains(token, key, made.error());
  return settle(token, key);
}

Result<HsmKeyRef> make_wrapping_key(Token& token, const std::string& label, Sync sync) {
  QUIETUS_CHECK(check_label(label));
  QUIETUS_CHECK(require_wrapped_class(token));
  return generate_secret(
      token, CKM_AES_KEY_GEN,
      [&](const HsmKeyRef& key) {
        return wrapping_key_template(key, label, token.capabilities.unwrap_template);
      },
      sync);
}

}  // namespace

Result<Bytes> random(Token& token, std::size_t size_bytes) {
  if (size_bytes == 0 || size_bytes > Pkcs11Hsm::kMaxRandomBytes)
    return fail(ErrorKind::invalid_input, "random takes 1..65536 bytes");
  QUIETUS_TRY(lease, token.lease());
  Bytes bytes(size_bytes);
  if (const CK_RV rv = token.module->C_GenerateRandom(lease.handle(), bytes.data(), bytes.size());
      rv != CKR_OK)
    return token.failed(lease, Operation::random, rv);
  return bytes;
}

Result<HsmKeyRef> generate_device_key(Token& token, const std::string& label) {
  QUIETUS_CHECK(check_label(label));
  QUIETUS_CHECK(require_device_class(token));
  return generate_secret(token, CKM_AES_KEY_GEN,
                         [&](const HsmKeyRef& key) { return device_key_template(key, label); });
}

Result<HsmKeyRef> generate_wrapping_key(Token& token, const std::string& label) {
  return make_wrapping_key(token, label, Sync::now);
}

Result<HsmKeyRef> generate_wrapping_key_unsynced(Token& token, const std::string& label) {
  return make_wrapping_key(token, label, Sync::later);
}

Result<HsmKeyRef> generate_mac_key(Token& token, const std::string& label) {
  QUIETUS_CHECK(check_label(label));
  QUIETUS_CHECK(require_mac(token));
  return generate_secret(token, CKM_GENERIC_SECRET_KEY_GEN,
                         [&](const HsmKeyRef& key) { return mac_key_template(key, label); });
}

Result<HsmKeyRef> generate_signing_key(Token& token, const std::string& label, EcCurve curve) {
  QUIETUS_CHECK(check_label(label));
  QUIETUS_CHECK(require_signing(token, curve));
  return generate_signer(token, CKM_EC_KEY_PAIR_GEN, label, signing_public_template(label, curve));
}

Result<HsmKeyRef> generate_rsa_signing_key(Token& token, const std::string& label) {
  QUIETUS_CHECK(check_label(label));
  QUIETUS_CHECK(require_rsa_pss(token));
  return generate_signer(token, CKM_RSA_PKCS_KEY_PAIR_GEN, label, rsa_public_template(label));
}

}  // namespace quietus::pkcs11
