// Use cases: keys, and the release of data keys under them. Every release in clear is in the ledger before
// the HSM is asked.
#include "base/encoding.hpp"
#include "kms/service/asking.hpp"
#include "kms/service/key_refs.hpp"
#include "kms/service/render.hpp"

namespace quietus::service {
namespace {

constexpr std::size_t kMaxContextBytes = 256, kMaxWrappedBytes = 256;

/// The holding of a key, if the person has a role in its case. A destroyed key answers with its certificate.
Result<governance::Holding> holding_of_key(Service& service, const Person& person, const KeyId& key) {
  return service.ledger.look([&](const governance::State& state) -> Result<governance::Holding> {
    const auto owner = state.keys.find(key);
    const auto* holding = owner == state.keys.end() ? nullptr : state.find(owner->second);
    if (holding == nullptr || !state.holds_any_role(holding->case_id, person.id)) {
      return fail(ErrorKind::not_found, "there is no key " + key.text() + " in a case of yours",
                  "`quietus holding show` names a holding's key");
    }
    if (state.is_suspended(holding->case_id, person.id)) return fail(ErrorKind::denied, "you are suspended");
    if (holding->state == governance::HoldingState::destroyed) {
      return fail(ErrorKind::conflict,
                  "key " + key.text() + " was destroyed" +
                      (holding->certificate_id.empty() ? ", its certificate is pending"
                                                       : ", see certificate " + holding->certificate_id),
                  "what it protected cannot be read any more, from any copy");
    }
    return *holding;
  });
}

Json render_attributes(const HsmKeyAttributes& attributes) {
  Json json;
  json["sensitive"] = attributes.sensitive;
  json["extractable"] = attributes.extractable;
  json["always_sensitive"] = attributes.always_sensitive;
  json["never_extractable"] = attributes.never_extractable;
  json["copyable"] = attributes.copyable;
  json["modifiable"] = attributes.modifiable;
  json["local"] = attributes.local;
  json["size_bytes"] = attributes.value_length_bytes;
  return json;
}

}  // namespace

Result<Reply> show_key(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(key, path_id<KeyId>(request, "key"));
  QUIETUS_TRY(holding, holding_of_key(service, person, key));
  QUIETUS_TRY(ref, key_ref(service, key));
  QUIETUS_TRY(attributes, service.hsm.attributes(ref));
  Reply reply;
  reply.json["key"] = key.text();
  reply.json["holding"] = holding.id.text();
  reply.json["case"] = holding.case_id.text();
  reply.json["state"] = holding.frozen ? "suspended" : "active";
  reply.json["attributes"] = render_attributes(attributes);
  reply.json["releases"] = render_releases(holding);
  return reply;
}

Result<Reply> generate_data_keys(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(key, path_id<KeyId>(request, "key"));
  ObjectReader reader(request.body, "the request");
  const std::string context = reader.text("context", kMaxContextBytes);
  const auto count = static_cast<std::size_t>(reader.integer("count", 1, 64));
  QUIETUS_CHECK(reader.finish());
  QUIETUS_CHECK(holding_of_key(service, person, key));
  QUIETUS_TRY(ref, key_ref(service, key));
  QUIETUS_TRY(committed,
              service.ledger.commit_or_deny({person, governance::ReleaseDataKeys{key, "seal", count}}));
  QUIETUS_TRY(data_keys,
              service.key_room.release_data_keys(*committed.permit, {key, ref}, as_bytes(context), count));
  Reply reply;
  reply.secret = true;
  reply.octets.emplace();
  auto& out = *reply.octets;
  std::size_t size_bytes = 0;
  for (const auto& data_key : data_keys)
    size_bytes += 2 + data_key.wrapped.size() + data_key.plaintext.size();
  out.reserve(size_bytes);  // once: a grown vector would leave key material in freed memory
  for (const auto& data_key : data_keys) {
    const auto length = static_cast<std::uint16_t>(data_key.wrapped.size());
    out.push_back(static_cast<std::uint8_t>(length >> 8));
    out.push_back(static_cast<std::uint8_t>(length & 0xff));
    out.insert(out.end(), data_key.wrapped.begin(), data_key.wrapped.end());
    const auto plaintext = data_key.plaintext.view();
    out.insert(out.end(), plaintext.begin(), plaintext.end());
  }
  return reply;
}

Result<Reply> decrypt_data_key(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(key, path_id<KeyId>(request, "key"));
  ObjectReader reader(request.body, "the request");
  const std::string context = reader.text("context", kMaxContextBytes);
  const Bytes wrapped = reader.base64("wrapped");
  if (wrapped.size() > kMaxWrappedBytes) reader.reject("wrapped is too long");
  QUIETUS_CHECK(reader.finish());
  QUIETUS_CHECK(holding_of_key(service, person, key));
  QUIETUS_TRY(ref, key_ref(service, key));
  QUIETUS_TRY(committed,
              service.ledger.commit_or_deny({person, governance::ReleaseDataKeys{key, "open", 1}}));
  QUIETUS_TRY(plaintext,
              service.key_room.open_data_key(*committed.permit, {key, ref}, wrapped, as_bytes(context)));
  Reply reply;
  reply.secret = true;
  const auto view = plaintext.view();
  reply.octets.emplace(view.begin(), view.end());
  return reply;
}

}  // namespace quietus::service
