#include "kms/keys/canary.hpp"

#include <algorithm>

#include "base/crypto.hpp"
#include "base/encoding.hpp"

namespace quietus::keys {

namespace {

constexpr std::string_view kCanaryPrefix = "canary-";
constexpr std::string_view kSampleText = "quietus destruction sample";

std::string sample_aad(const HsmKeyRef& key) { return "quietus.destruction-sample/1 " + hex(key.cka_id); }

std::unexpected<Error> another_key() { return fail(ErrorKind::corrupt, "another key answered"); }

/// What is signed or authenticated for a sample: nothing that a client could have asked for by accident.
Bytes sample_message(const HsmKeyRef& made_under) {
  return to_bytes(sample_aad(made_under) + " " + std::string(kSampleText));
}

Status repeat_mac(Hsm& hsm, const HsmKeyRef& key, const HsmKeyRef& made_under, BytesView sample) {
  QUIETUS_TRY(mac, hsm.mac(key, sample_message(made_under)));
  return std::ranges::equal(mac, sample) ? Status{} : another_key();
}

Status sign_afresh(Hsm& hsm, const HsmKeyRef& key, const HsmKeyRef& made_under, BytesView public_half) {
  const Digest digest = sha256(sample_message(made_under));
  QUIETUS_TRY(signature, hsm.sign_digest(key, digest.view()));
  return verify_ecdsa_digest(public_half, digest.view(), signature) ? Status{} : another_key();
}

/// `verification_failed` when it opens, and to something else.
Status open_sample(Hsm& hsm, const HsmKeyRef& key, const HsmKeyRef& made_under, BytesView sample,
                   KeyKind kind) {
  if (kind == KeyKind::wrapping) {
    const auto unwrapped = hsm.unwrap_key(key, sample);
    return unwrapped ? Status{} : std::unexpected(unwrapped.error());
  }
  if (kind == KeyKind::mac) return repeat_mac(hsm, key, made_under, sample);
  if (is_pair(kind)) return sign_afresh(hsm, key, made_under, sample);
  const auto opened = hsm.decrypt(key, sample, as_bytes(sample_aad(made_under)));
  if (!opened) return std::unexpected(opened.error());
  if (std::ranges::equal(opened->view(), as_bytes(kSampleText))) return {};
  return fail(ErrorKind::verification_failed, "a sample opens to something else");
}

}  // namespace

std::string canary_label(const KeyId& target) { return std::string(kCanaryPrefix) + target.text(); }

bool is_canary_label(std::string_view label) { return label.starts_with(kCanaryPrefix); }

KeyKind kind_of(KeyAlgorithm algorithm) {
  switch (algorithm) {
    case KeyAlgorithm::aes_256_gcm:
      break;
    case KeyAlgorithm::ecdsa_p256:
      return KeyKind::signing_p256;
    case KeyAlgorithm::ecdsa_p384:
      return KeyKind::signing_p384;
    case KeyAlgorithm::hmac_sha256:
      return KeyKind::mac;
  }
  return KeyKind::cipher;
}

Result<HsmKeyRef> generate_key(Hsm& hsm, KeyKind kind, const std::string& label) {
  switch (kind) {
    case KeyKind::cipher:
      break;
    case KeyKind::wrapping:
      return hsm.generate_wrapping_key(label);
    case KeyKind::mac:
      return hsm.generate_mac_key(label);
    case KeyKind::signing_p256:
      return hsm.generate_signing_key(label, EcCurve::p256);
    case KeyKind::signing_p384:
      return hsm.generate_signing_key(label, EcCurve::p384);
  }
  return hsm.generate_device_key(label);
}

Result<Bytes> make_sample(Hsm& hsm, const HsmKeyRef& key, KeyKind kind) {
  if (kind == KeyKind::wrapping) return hsm.generate_wrapped_key(key);
  if (kind == KeyKind::mac) return hsm.mac(key, sample_message(key));
  if (is_pair(kind)) return hsm.public_key(key);
  return hsm.encrypt(key, as_bytes(kSampleText), as_bytes(sample_aad(key)));
}

Result<bool> sample_opens(Hsm& hsm, const HsmKeyRef& key, BytesView sample, KeyKind kind) {
  const Status opened = open_sample(hsm, key, key, sample, kind);
  if (opened) return true;
  if (opened.error().kind == ErrorKind::not_found) return false;
  return std::unexpected(opened.error());
}

Result<bool> opens_under_other(Hsm& hsm, const HsmKeyRef& other, const HsmKeyRef& made_under,
                               BytesView sample, KeyKind kind) {
  const Status opened = open_sample(hsm, other, made_under, sample, kind);
  if (opened || opened.error().kind == ErrorKind::verification_failed) return true;
  if (opened.error().kind == ErrorKind::corrupt || opened.error().kind == ErrorKind::invalid_input)
    return false;
  return std::unexpected(opened.error());
}

}  // namespace quietus::keys
