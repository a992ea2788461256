#include "kms/keys/canary.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace quietus::keys {

namespace {

constexpr std::string_view kCanaryPrefix = "canary-";
constexpr std::string_view kSampleText = "quietus destruction sample";

std::string sample_aad(const HsmKeyRef& key) { return "quietus.destruction-sample/1 " + hex(key.cka_id); }

/// `verification_failed` when it opens, and to something else.
Status open_sample(Hsm& hsm, const HsmKeyRef& key, const HsmKeyRef& made_under, BytesView sample,
                   KeyKind kind) {
  if (kind == KeyKind::wrapping) {
    const auto unwrapped = hsm.unwrap_key(key, sample);
    return unwrapped ? Status{} : std::unexpected(unwrapped.error());
  }
  const auto opened = hsm.decrypt(key, sample, as_bytes(sample_aad(made_under)));
  if (!opened) return std::unexpected(opened.error());
  if (std::ranges::equal(opened->view(), as_bytes(kSampleText))) return {};
  return fail(ErrorKind::verification_failed, "a sample opens to something else");
}

}  // namespace

std::string canary_label(const KeyId& target) { return std::string(kCanaryPrefix) + target.text(); }

bool is_canary_label(std::string_view label) { return label.starts_with(kCanaryPrefix); }

Result<HsmKeyRef> generate_key(Hsm& hsm, KeyKind kind, const std::string& label) {
  return kind == KeyKind::wrapping ? hsm.generate_wrapping_key(label) : hsm.generate_device_key(label);
}

Result<Bytes> make_sample(Hsm& hsm, const HsmKeyRef& key, KeyKind kind) {
  if (kind == KeyKind::wrapping) return hsm.generate_wrapped_key(key);
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
