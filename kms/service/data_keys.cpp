// Use cases: keys, and the release of data keys under them. Every release in clear is in the ledger before
// the HSM is asked.
#include <openssl/crypto.h>

#include "base/encoding.hpp"
#include "kms/service/asking.hpp"
#include "kms/service/key_operations.hpp"
#include "kms/service/key_refs.hpp"
#include "kms/service/render.hpp"
#include "kms/service/render_keyrings.hpp"

namespace quietus::service {
namespace {

constexpr std::size_t kMaxContextBytes = 256, kMaxWrappedBytes = 256;

/// The holding of a key, for whoever may look at its case. A destroyed key answers with its certificate.
Result<governance::Holding> holding_of_key(Service& service, const Person& person, const KeyId& key) {
  return service.ledger.look([&](const governance::State& state) -> Result<governance::Holding> {
    const auto owner = state.keys.find(key);
    const auto* holding = owner == state.keys.end() ? nullptr : state.find(owner->second);
    QUIETUS_CHECK(may_look(state, holding == nullptr ? CaseId() : holding->case_id, person,
                           "there is no key " + key.text() + " in a case of yours",
                           "`quietus holding show` names a holding's key"));
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

/// SubjectPublicKeyInfo, by which anybody verifies without us.
Status add_public_key(Hsm& hsm, const HsmKeyRef& ref, Json& json) {
  QUIETUS_TRY(public_key, hsm.public_key(ref));
  json["public_key"] = base64(public_key);
  json["public_key_pem"] = pem("PUBLIC KEY", public_key);
  return {};
}

/// Every release is in the export ledger one by one, so it is not taken from what was reserved ahead.
Result<Permit> release_permit(Service& service, const Person& person, const NumberedKey& key,
                              std::size_t count) {
  const auto allowed = service.ledger.may_key(&person, Verb::release_data_key, key.keyring, key.number);
  if (!allowed.permitted) return fail(ErrorKind::denied, allowed.why());
  const governance::ReserveUses command{
      key.keyring, {}, Verb::release_data_key, static_cast<std::uint32_t>(count)};
  QUIETUS_TRY(committed, service.ledger.commit_or_deny({person, command}));
  return std::move(*committed.permit);
}

Result<keyrings::Keyring*> wrapped_keyring(OpenKeyring& open) {
  if (open.wrapped) return open.wrapped.get();
  return fail(ErrorKind::invalid_input, "data keys are made under a key of class device or wrapped",
              "a record's key encrypts small data itself");
}

Result<std::vector<keys::DataKey>> make_under_number(Service& service, const Person& person,
                                                     const NumberedKey& key, BytesView context,
                                                     std::size_t count) {
  QUIETUS_TRY(open, service.keyrings.find(key.keyring));
  QUIETUS_TRY(keyring, wrapped_keyring(*open));
  QUIETUS_TRY(permit, release_permit(service, person, key, count));
  std::vector<keys::DataKey> made;
  while (made.size() < count) {
    QUIETUS_TRY(one, keyring->make_data_key(permit, key.number, bound_to(Content::data_key, context)));
    made.push_back(std::move(one));
  }
  return made;
}

Result<std::vector<keys::DataKey>> make_under_device(Service& service, const Person& person, const KeyId& key,
                                                     BytesView context, std::size_t count) {
  QUIETUS_CHECK(holding_of_key(service, person, key));
  QUIETUS_TRY(ref, key_ref(service, key));
  QUIETUS_TRY(committed,
              service.ledger.commit_or_deny({person, governance::ReleaseDataKeys{key, "seal", count}}));
  return service.key_room.release_data_keys(*committed.permit, {key, ref}, context, count);
}

/// Seen by nobody in clear, so not a release.
Result<Bytes> wrapped_only(Service& service, const Person& person, const KeyAddress& address,
                           std::string_view text, BytesView context) {
  if (const auto* key = std::get_if<KeyId>(&address)) {
    QUIETUS_TRY(ref, key_ref(service, *key));
    return service.reservations.with(
        person, governance::ReserveUses{*key, {}, Verb::seal, 1}, [&](const Permit& permit) {
          return service.key_room.make_wrapped_data_key(permit, {*key, ref}, context);
        });
  }
  QUIETUS_TRY(drawn, service.hsm.random(keys::KeyRoom::kDataKeyBytes));
  auto wrapped = encrypt_content(service, person, {text, context, drawn}, Content::data_key);
  OPENSSL_cleanse(drawn.data(), drawn.size());
  return wrapped;
}

/// wrapped(2+n) plaintext(32), one after the other.
Bytes frames_of(const std::vector<keys::DataKey>& data_keys) {
  Bytes out;
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
  return out;
}

Reply secret(BytesView bytes) {
  Reply reply;
  reply.secret = true;
  reply.octets.emplace(bytes.begin(), bytes.end());
  return reply;
}

Result<Reply> show_numbered(Service& service, const NumberedKey& key) {
  Reply reply;
  reply.json = service.ledger.look([&](const governance::State& state) {
    return render_numbered_key(state, *state.find(key.keyring), key.number);
  });
  // The ledger's word stands without the counts: a key may not be made yet, its keyring may be ending.
  const auto open = service.keyrings.find(key.keyring);
  if (!open || !(*open)->wrapped) return reply;
  if (const auto described = (*open)->wrapped->describe(key.number)) add_description(reply.json, *described);
  return reply;
}

}  // namespace

Result<Reply> show_key(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(address, find_key(service, person, request.path.at("key")));
  if (const auto* numbered = std::get_if<NumberedKey>(&address)) return show_numbered(service, *numbered);
  const KeyId key = std::get<KeyId>(address);
  QUIETUS_TRY(holding, holding_of_key(service, person, key));
  QUIETUS_TRY(ref, key_ref(service, key));
  QUIETUS_TRY(attributes, service.hsm.attributes(ref));
  Reply reply;
  reply.json["key"] = key.text();
  reply.json["holding"] = holding.id.text();
  reply.json["case"] = holding.case_id.text();
  reply.json["state"] = holding.frozen ? "suspended" : "active";
  reply.json["class"] = to_string(KeyClass::device);
  reply.json["algorithm"] = to_string(holding.key_algorithm);
  const KeyPurpose purpose = purpose_of(holding.key_algorithm);
  reply.json["purpose"] = to_string(purpose);
  reply.json["attributes"] = render_attributes(attributes);
  if (purpose == KeyPurpose::sign_verify) QUIETUS_CHECK(add_public_key(service.hsm, ref, reply.json));
  reply.json["releases"] = render_releases(holding);
  return reply;
}

Result<Reply> generate_data_keys(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(address, find_key_for(service, person, request.path.at("key"), KeyPurpose::encrypt_decrypt));
  ObjectReader reader(request.body, "the request");
  const std::string context = reader.text("context", kMaxContextBytes);
  const auto count = static_cast<std::size_t>(reader.integer("count", 1, 64));
  QUIETUS_CHECK(reader.finish());
  const auto* numbered = std::get_if<NumberedKey>(&address);
  QUIETUS_TRY(made,
              numbered != nullptr
                  ? make_under_number(service, person, *numbered, as_bytes(context), count)
                  : make_under_device(service, person, std::get<KeyId>(address), as_bytes(context), count));
  Reply reply;
  reply.secret = true;
  reply.octets = frames_of(made);
  return reply;
}

Result<Reply> generate_wrapped_data_key(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(address, find_key_for(service, person, request.path.at("key"), KeyPurpose::encrypt_decrypt));
  ObjectReader reader(request.body, "the request");
  const std::string context = reader.text("context", kMaxContextBytes);
  QUIETUS_CHECK(reader.finish());
  QUIETUS_TRY(wrapped, wrapped_only(service, person, address, request.path.at("key"), as_bytes(context)));
  Reply reply;
  reply.octets = std::move(wrapped);
  return reply;
}

Result<Reply> decrypt_data_key(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(address, find_key_for(service, person, request.path.at("key"), KeyPurpose::encrypt_decrypt));
  ObjectReader reader(request.body, "the request");
  const std::string context = reader.text("context", kMaxContextBytes);
  const Bytes wrapped = reader.base64("wrapped");
  if (wrapped.size() > kMaxWrappedBytes) reader.reject("wrapped is too long");
  QUIETUS_CHECK(reader.finish());
  if (const auto* numbered = std::get_if<NumberedKey>(&address)) {
    QUIETUS_TRY(permit, release_permit(service, person, *numbered, 1));
    QUIETUS_CHECK(permit.use(Verb::release_data_key, numbered->keyring.text(), service.clock().now));
    QUIETUS_TRY(plaintext,
                decrypt_content(service, person, {request.path.at("key"), as_bytes(context), wrapped},
                                Content::data_key));
    return secret(plaintext.view());
  }
  const KeyId key = std::get<KeyId>(address);
  QUIETUS_CHECK(holding_of_key(service, person, key));
  QUIETUS_TRY(ref, key_ref(service, key));
  QUIETUS_TRY(committed,
              service.ledger.commit_or_deny({person, governance::ReleaseDataKeys{key, "open", 1}}));
  QUIETUS_TRY(plaintext,
              service.key_room.open_data_key(*committed.permit, {key, ref}, wrapped, as_bytes(context)));
  return secret(plaintext.view());
}

}  // namespace quietus::service
