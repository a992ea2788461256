#include "kms/keys/probe.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "base/hsm_json.hpp"
#include "quietus/pkcs11_numbers.hpp"

namespace quietus::keys {

namespace {

template <class T>
Result<bool> there(const Result<T>& looked_up) {
  if (looked_up) return true;
  if (looked_up.error().kind == ErrorKind::not_found) return false;
  return std::unexpected(looked_up.error());
}

/// Of a pair, either half: the public one may be an object that the census does not list.
Result<bool> is_found(Hsm& hsm, const HsmKeyRef& key, KeyKind kind) {
  QUIETUS_TRY(found, there(hsm.attributes(key)));
  if (found || !is_pair(kind)) return found;
  return there(hsm.public_key(key));
}

/// Under its own id. An answer other than "no such key" means that something under this id still works.
Result<bool> opens_under_its_id(Hsm& hsm, const ProbeRequest& request) {
  auto opens = sample_opens(hsm, request.target, request.target_sample, request.kind);
  if (!opens && opens.error().kind == ErrorKind::corrupt)
    return fail(ErrorKind::verification_failed,
                "the token still has a key that answers for the destroyed one");
  return opens;
}

/// A copy has another id: the target's sample is tried under every key of its class that is left.
Result<bool> opens_under_a_copy(Hsm& hsm, const ProbeRequest& request) {
  QUIETUS_TRY(census, hsm.census());
  const std::uint32_t its_class = is_pair(request.kind) ? cko::private_key : cko::secret_key;
  for (const HsmObject& object : census) {
    HsmKeyRef other;
    if (object.object_class != its_class || object.cka_id.size() != other.cka_id.size()) continue;
    std::ranges::copy(object.cka_id, other.cka_id.begin());
    if (other == request.target) continue;
    QUIETUS_TRY(opens, opens_under_other(hsm, other, request.target, request.target_sample, request.kind));
    if (opens) return true;
  }
  return false;
}

constexpr std::array<std::string_view, 5> kKinds{"cipher", "wrapping", "mac", "signing-p256", "signing-p384"};

std::string_view text_of(KeyKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

/// Absent in states that were kept before there were wrapping keys.
KeyKind take_kind(ObjectReader& reader) {
  const std::string text = reader.optional_text("kind");
  if (text.empty()) return KeyKind::cipher;
  const auto found = std::ranges::find(kKinds, text);
  if (found == kKinds.end()) reader.reject("unknown kind of key");
  return found == kKinds.end() ? KeyKind::cipher : static_cast<KeyKind>(found - kKinds.begin());
}

}  // namespace

Result<ProbeResult> probe(Hsm& hsm, const ProbeRequest& request) {
  ProbeResult result;
  QUIETUS_TRY(canary_found, is_found(hsm, request.canary, request.kind));
  QUIETUS_TRY(canary_opens, sample_opens(hsm, request.canary, request.canary_sample, request.kind));
  QUIETUS_TRY(target_found, is_found(hsm, request.target, request.kind));
  QUIETUS_TRY(target_opens, opens_under_its_id(hsm, request));
  QUIETUS_TRY(copy_opens, opens_under_a_copy(hsm, request));
  result.canary_found = canary_found;
  result.canary_sample_opens = canary_opens;
  result.target_found = target_found;
  result.target_sample_opens = target_opens || copy_opens;
  return result;
}

bool shows_gone(const ProbeResult& result) {
  return !result.target_found && !result.target_sample_opens && result.canary_found &&
         result.canary_sample_opens;
}

Json to_json(const ProbeRequest& request) {
  return Json::Object{{"canary", to_json(request.canary)},
                      {"canary_sample", base64(request.canary_sample)},
                      {"kind", text_of(request.kind)},
                      {"target", to_json(request.target)},
                      {"target_sample", base64(request.target_sample)}};
}

Result<ProbeRequest> probe_request_from(const Json& json) {
  ObjectReader reader(json, "probe request");
  ProbeRequest request;
  request.canary = read_hsm_key_ref(reader, "canary");
  request.canary_sample = reader.base64("canary_sample");
  request.kind = take_kind(reader);
  request.target = read_hsm_key_ref(reader, "target");
  request.target_sample = reader.base64("target_sample");
  QUIETUS_CHECK(reader.finish());
  return request;
}

Json to_json(const ProbeResult& result) {
  return Json::Object{{"canary_found", result.canary_found},
                      {"canary_sample_opens", result.canary_sample_opens},
                      {"target_found", result.target_found},
                      {"target_sample_opens", result.target_sample_opens}};
}

Result<ProbeResult> probe_result_from(const Json& json) {
  ObjectReader reader(json, "probe result");
  ProbeResult result;
  result.canary_found = reader.boolean("canary_found");
  result.canary_sample_opens = reader.boolean("canary_sample_opens");
  result.target_found = reader.boolean("target_found");
  result.target_sample_opens = reader.boolean("target_sample_opens");
  QUIETUS_CHECK(reader.finish());
  return result;
}

}  // namespace quietus::keys
