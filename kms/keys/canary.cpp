#include "kms/keys/canary.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace quietus::keys {

namespace {

constexpr std::string_view kCanaryPrefix = "canary-";
constexpr std::string_view kSampleText = "quietus destruction sample";

std::string sample_aad(const HsmKeyRef& key) { return "quietus.destruction-sample/1 " + hex(key.cka_id); }

}  // namespace

std::string canary_label(const KeyId& target) { return std::string(kCanaryPrefix) + target.text(); }

bool is_canary_label(std::string_view label) { return label.starts_with(kCanaryPrefix); }

Result<Bytes> make_sample(Hsm& hsm, const HsmKeyRef& key) {
  return hsm.encrypt(key, as_bytes(kSampleText), as_bytes(sample_aad(key)));
}

Result<bool> sample_opens(Hsm& hsm, const HsmKeyRef& key, BytesView sample) {
  const auto opened = hsm.decrypt(key, sample, as_bytes(sample_aad(key)));
  if (opened) {
    if (std::ranges::equal(opened->view(), as_bytes(kSampleText))) return true;
    return fail(ErrorKind::verification_failed, "a sample opens to something else");
  }
  if (opened.error().kind == ErrorKind::not_found) return false;
  return std::unexpected(opened.error());
}

Result<bool> opens_under_other(Hsm& hsm, const HsmKeyRef& other, const HsmKeyRef& made_under,
                               BytesView sample) {
  const auto opened = hsm.decrypt(other, sample, as_bytes(sample_aad(made_under)));
  if (opened) return true;
  if (opened.error().kind == ErrorKind::corrupt || opened.error().kind == ErrorKind::invalid_input)
    return false;
  return std::unexpected(opened.error());
}

}  // namespace quietus::keys
