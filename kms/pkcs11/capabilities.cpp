#include "kms/pkcs11/capabilities.hpp"

#include "base/crypto.hpp"
#include "base/log.hpp"
#include "kms/pkcs11/gcm.hpp"
#include "kms/pkcs11/hmac.hpp"
#include "kms/pkcs11/wrapping.hpp"

namespace quietus::pkcs11 {

namespace {

constexpr const char* kElsewhere =
    "configure a token that has it; hsm-config/README.md says what each product carries";

Result<Bytes> seal_and_open(Token& token, Lease& lease, const TemporaryObject& key) {
  const BytesView aad = as_bytes("quietus"), text = as_bytes("a trial of AES-256-GCM");
  QUIETUS_TRY(sealed, gcm_seal(token, lease, key, text, aad));
  QUIETUS_TRY(opened, gcm_open(token, lease, key, sealed, aad));
  if (!std::ranges::equal(opened.view(), text)) return fail(ErrorKind::hsm, "GCM gives another plaintext");
  if (gcm_open(token, lease, key, sealed, text)) return fail(ErrorKind::hsm, "GCM ignores associated data");
  return sealed;
}

Result<bool> try_gcm(Token& token, HsmCapabilities& found) {
  QUIETUS_TRY(lease, token.lease());
  QUIETUS_TRY(object, generate_session_object(token, lease, CKM_AES_KEY_GEN,
                                              sized_for_aes(session_cipher_template())));
  const TemporaryObject key(token, lease, object);
  QUIETUS_CHECK(seal_and_open(token, lease, key));
  return found.aes_gcm = true;
}

Result<bool> try_hmac(Token& token, HsmCapabilities& found) {
  QUIETUS_TRY(lease, token.lease());
  QUIETUS_TRY(object, generate_session_object(token, lease, CKM_GENERIC_SECRET_KEY_GEN,
                                              sized_for_aes(session_mac_template())));
  const TemporaryObject key(token, lease, object);
  QUIETUS_CHECK(hmac_sha256(token, lease, key, as_bytes("a trial")));
  return found.hmac_sha256 = true;
}

Result<CK_OBJECT_HANDLE> unwrap_for_trial(Token& token, Lease& lease, const TemporaryObject& wrapping,
                                          BytesView wrapped, Template wanted) {
  const SessionObjectsLock lock(token.session_objects);
  return unwrap(token, lease, wrapping, wrapped, std::move(wanted));
}

/// Whether the key comes out readable although the wrapping key forbids it.
Result<bool> comes_out_in_the_clear(Token& token, const TemporaryObject& wrapping, BytesView wrapped) {
  QUIETUS_TRY(lease, token.lease());
  auto object = unwrap_for_trial(token, lease, wrapping, wrapped, readable_key_template());
  if (!object) return false;
  const TemporaryObject key(token, lease, *object);
  return true;
}

Result<bool> lets_itself_be_wrapped(Token& token, const TemporaryObject& wrapping) {
  QUIETUS_TRY(lease, token.lease());
  QUIETUS_TRY(object, generate_session_object(token, lease, CKM_AES_KEY_GEN,
                                              sized_for_aes(session_cipher_template())));
  const TemporaryObject unextractable(token, lease, object);
  return wrap(token, lease, wrapping, unextractable).has_value();
}

Result<bool> try_key_wrap(Token& token, HsmCapabilities& found, bool with_unwrap_template) {
  QUIETUS_TRY(lease, token.lease());
  QUIETUS_TRY(object,
              generate_session_object(token, lease, CKM_AES_KEY_GEN,
                                      sized_for_aes(session_wrapping_template(with_unwrap_template))));
  const TemporaryObject wrapping(token, lease, object);
  QUIETUS_TRY(passing,
              generate_session_object(token, lease, CKM_AES_KEY_GEN, sized_for_aes(passing_key_template())));
  const TemporaryObject key(token, lease, passing);
  QUIETUS_TRY(wrapped, wrap(token, lease, wrapping, key));
  QUIETUS_TRY(opened, unwrap_for_trial(token, lease, wrapping, wrapped, session_cipher_template()));
  const TemporaryObject session_key(token, lease, opened);
  QUIETUS_TRY(sensitive, read_flag(token, lease, opened, CKA_SENSITIVE, false));
  QUIETUS_TRY(extractable, read_flag(token, lease, opened, CKA_EXTRACTABLE, true));
  if (!sensitive || extractable) return fail(ErrorKind::hsm, "an unwrapped key is not guarded");
  QUIETUS_TRY(clear, comes_out_in_the_clear(token, wrapping, wrapped));
  QUIETUS_TRY(unextractable, lets_itself_be_wrapped(token, wrapping));
  found.unwrap_template = with_unwrap_template && !clear;
  found.wraps_unextractable = unextractable;
  return found.aes_key_wrap = true;
}

/// A key that was unwrapped, and now wraps and unwraps another.
Result<bool> try_page_key(Token& token, HsmCapabilities& found) {
  QUIETUS_TRY(lease, token.lease());
  const auto wraps = [&] { return session_wrapping_template(found.unwrap_template); };
  QUIETUS_TRY(root_object, generate_session_object(token, lease, CKM_AES_KEY_GEN, sized_for_aes(wraps())));
  const TemporaryObject root(token, lease, root_object);
  QUIETUS_TRY(passing,
              generate_session_object(token, lease, CKM_AES_KEY_GEN, sized_for_aes(passing_key_template())));
  const TemporaryObject key(token, lease, passing);
  QUIETUS_TRY(wrapped_page, wrap(token, lease, root, key));
  QUIETUS_TRY(page_object, unwrap_for_trial(token, lease, root, wrapped_page, wraps()));
  const TemporaryObject page(token, lease, page_object);
  QUIETUS_TRY(extractable, read_flag(token, lease, page_object, CKA_EXTRACTABLE, true));
  if (extractable) return fail(ErrorKind::hsm, "an unwrapped key is not guarded");
  QUIETUS_TRY(wrapped, wrap(token, lease, page, key));
  QUIETUS_TRY(opened, unwrap_for_trial(token, lease, page, wrapped, session_cipher_template()));
  const TemporaryObject session_key(token, lease, opened);
  if (found.unwrap_template) {
    QUIETUS_TRY(clear, comes_out_in_the_clear(token, page, wrapped));
    if (clear) return fail(ErrorKind::hsm, "an unwrapped wrapping key gives keys out in clear");
  }
  return found.session_wrapping = true;
}

Result<bool> try_curve(Token& token, EcCurve curve, bool& found) {
  QUIETUS_TRY(lease, token.lease());
  Template public_half = session_signing_public_template(curve), private_half = session_signing_template();
  CK_MECHANISM generate{CKM_EC_KEY_PAIR_GEN, nullptr, 0}, sign{CKM_ECDSA, nullptr, 0};
  CK_OBJECT_HANDLE public_object = 0, private_object = 0;
  {
    const SessionObjectsLock lock(token.session_objects);
    const CK_RV rv = token.module->C_GenerateKeyPair(lease.handle(), &generate, public_half.data(),
                                                     public_half.size(), private_half.data(),
                                                     private_half.size(), &public_object, &private_object);
    if (rv != CKR_OK) return token.failed(lease, Operation::generate, rv);
  }
  const TemporaryObject public_key(token, lease, public_object), key(token, lease, private_object);
  Bytes digest = random_bytes(32), signature(2 * curve_bytes(curve));
  CK_ULONG written = signature.size();
  CK_RV rv = token.module->C_SignInit(lease.handle(), &sign, private_object);
  if (rv == CKR_OK)
    rv = token.module->C_Sign(lease.handle(), digest.data(), digest.size(), signature.data(), &written);
  if (rv != CKR_OK) return token.failed(lease, Operation::sign, rv);
  return found = written == signature.size();
}

Result<bool> try_data_object(Token& token, HsmCapabilities& found) {
  QUIETUS_TRY(lease, token.lease());
  Template wanted = session_data_template();
  CK_OBJECT_HANDLE object = 0;
  {
    const SessionObjectsLock lock(token.session_objects);
    const CK_RV rv = token.module->C_CreateObject(lease.handle(), wanted.data(), wanted.size(), &object);
    if (rv != CKR_OK) return token.failed(lease, Operation::data, rv);
  }
  const TemporaryObject data(token, lease, object);
  return found.data_objects = true;
}

/// A failed trial is a capability less, unless the token went away under it.
Status note(const Token& token, const char* what, const Result<bool>& trial) {
  if (trial) return {};
  if (token.lost() || trial.error().kind == ErrorKind::unavailable) return std::unexpected(trial.error());
  log(LogLevel::info, "the HSM token lists a mechanism and does not carry it",
      {{"mechanism", what}, {"why", trial.error().message}});
  return {};
}

}  // namespace

Result<HsmCapabilities> find_capabilities(Token& token) {
  HsmCapabilities found;
  const Quirks& quirks = token.profile.quirks;
  const bool ecdsa = token.lists(CKM_ECDSA) && token.lists(CKM_EC_KEY_PAIR_GEN) && !quirks.no_ecdsa;
  found.rsa_pss = token.lists(CKM_RSA_PKCS_PSS) && token.lists(CKM_RSA_PKCS_KEY_PAIR_GEN);
  if (quirks.no_session_keys) {  // then nothing can be tried; and class `wrapped` lives off session keys
    found.ecdsa_p256 = found.ecdsa_p384 = ecdsa;
    found.aes_gcm = token.lists(CKM_AES_GCM) && token.lists(CKM_AES_KEY_GEN);
    found.hmac_sha256 = token.lists(CKM_SHA256_HMAC) && token.lists(CKM_GENERIC_SECRET_KEY_GEN);
    found.data_objects = !quirks.no_data_objects;
    return found;
  }
  const bool aes = token.lists(CKM_AES_KEY_GEN);
  if (aes && token.lists(CKM_AES_GCM)) QUIETUS_CHECK(note(token, "CKM_AES_GCM", try_gcm(token, found)));
  if (token.lists(CKM_SHA256_HMAC) && token.lists(CKM_GENERIC_SECRET_KEY_GEN))
    QUIETUS_CHECK(note(token, "CKM_SHA256_HMAC", try_hmac(token, found)));
  if (aes && token.lists(CKM_AES_KEY_WRAP)) {
    QUIETUS_CHECK(note(token, "CKA_UNWRAP_TEMPLATE", try_key_wrap(token, found, true)));
    if (!found.aes_key_wrap)
      QUIETUS_CHECK(note(token, "CKM_AES_KEY_WRAP", try_key_wrap(token, found, false)));
    if (found.aes_key_wrap)
      QUIETUS_CHECK(note(token, "CKM_AES_KEY_WRAP under an unwrapped key", try_page_key(token, found)));
  }
  if (ecdsa) {
    QUIETUS_CHECK(note(token, "CKM_ECDSA P-256", try_curve(token, EcCurve::p256, found.ecdsa_p256)));
    QUIETUS_CHECK(note(token, "CKM_ECDSA P-384", try_curve(token, EcCurve::p384, found.ecdsa_p384)));
  }
  if (!quirks.no_data_objects) QUIETUS_CHECK(note(token, "CKO_DATA", try_data_object(token, found)));
  if (found.wraps_unextractable)
    log(LogLevel::warning, "the HSM token lets a key that is not EXTRACTABLE be wrapped",
        {{"profile", token.profile.name}});
  return found;
}

Status require_device_class(const Token& token) {
  if (token.capabilities.aes_gcm) return {};
  return fail(ErrorKind::hsm, "the token cannot carry class `device`: no CKM_AES_GCM", kElsewhere);
}

Status require_wrapped_class(const Token& token) {
  const HsmCapabilities& has = token.capabilities;
  const char* missing = !has.aes_key_wrap       ? "no CKM_AES_KEY_WRAP"
                        : !has.hmac_sha256      ? "no CKM_SHA256_HMAC"
                        : !has.aes_gcm          ? "no CKM_AES_GCM"
                        : !has.session_wrapping ? "a key that was unwrapped cannot wrap others"
                                                : nullptr;
  if (missing != nullptr)
    return fail(ErrorKind::hsm, std::string("the token cannot carry class `wrapped`: ") + missing,
                kElsewhere);
  if (has.wraps_unextractable && !token.profile.accept_unextractable_wrap)
    return fail(
        ErrorKind::hsm,
        "the token cannot carry class `wrapped`: it lets a key that is not EXTRACTABLE be wrapped",
        "use another token, or accept_unextractable_wrap in its profile: then whoever has the PIN can "
        "take a wrapping key out");
  return {};
}

Status require_mac(const Token& token) {
  if (token.capabilities.hmac_sha256) return {};
  return fail(ErrorKind::hsm, "the token cannot carry class `wrapped`: no CKM_SHA256_HMAC", kElsewhere);
}

Status require_signing(const Token& token, EcCurve curve) {
  if (curve == EcCurve::p256 ? token.capabilities.ecdsa_p256 : token.capabilities.ecdsa_p384) return {};
  return fail(ErrorKind::hsm,
              std::string("the token cannot sign on ") + (curve == EcCurve::p256 ? "P-256" : "P-384") +
                  ": no CKM_ECDSA",
              kElsewhere);
}

Status require_rsa_pss(const Token& token) {
  if (token.capabilities.rsa_pss) return {};
  return fail(ErrorKind::hsm, "the token cannot sign with RSA: no CKM_RSA_PKCS_PSS", kElsewhere);
}

Status require_data_objects(const Token& token) {
  if (token.capabilities.data_objects) return {};
  return fail(ErrorKind::hsm, "the token cannot keep a small value: no private CKO_DATA", kElsewhere);
}

}  // namespace quietus::pkcs11
