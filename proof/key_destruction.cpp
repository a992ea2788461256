#include "proof/key_destruction.hpp"

#include <algorithm>

#include "proof/document_parts.hpp"

namespace quietus::proof {
namespace {

Json attributes_json(const HsmKeyAttributes& a) {
  return Json::Object{{"always_sensitive", a.always_sensitive},
                      {"copyable", a.copyable},
                      {"extractable", a.extractable},
                      {"key_type", a.key_type},
                      {"label", a.label},
                      {"local", a.local},
                      {"modifiable", a.modifiable},
                      {"never_extractable", a.never_extractable},
                      {"sensitive", a.sensitive},
                      {"token", a.token},
                      {"value_length_bytes", a.value_length_bytes}};
}

Result<HsmKeyAttributes> attributes_from_json(const Json& json) {
  ObjectReader reader(json, "key attributes");
  HsmKeyAttributes a;
  a.always_sensitive = reader.boolean("always_sensitive");
  a.copyable = reader.boolean("copyable");
  a.extractable = reader.boolean("extractable");
  a.key_type = static_cast<std::uint32_t>(reader.integer("key_type", 0, UINT32_MAX));
  a.label = reader.text("label", 256);
  a.local = reader.boolean("local");
  a.modifiable = reader.boolean("modifiable");
  a.never_extractable = reader.boolean("never_extractable");
  a.sensitive = reader.boolean("sensitive");
  a.token = reader.boolean("token");
  a.value_length_bytes = static_cast<std::uint32_t>(reader.integer("value_length_bytes", 0, 65536));
  return finished(reader, std::move(a));
}

Json hsm_json(const HsmInfo& h) {
  return Json::Object{{"destroy_meaning", h.destroy_meaning},
                      {"firmware", h.firmware},
                      {"library", h.library},
                      {"manufacturer", h.manufacturer},
                      {"model", h.model},
                      {"profile", h.profile},
                      {"serial", h.serial},
                      {"token_label", h.token_label},
                      {"validated_module", h.validated_module}};
}

Result<HsmInfo> hsm_from_json(const Json& json) {
  ObjectReader reader(json, "hsm");
  HsmInfo h;
  h.destroy_meaning = reader.text("destroy_meaning");
  h.firmware = reader.text("firmware", 256);
  h.library = reader.text("library", 256);
  h.manufacturer = reader.text("manufacturer", 256);
  h.model = reader.text("model", 256);
  h.profile = reader.text("profile", 256);
  h.serial = reader.text("serial", 256);
  h.token_label = reader.text("token_label", 256);
  h.validated_module = reader.boolean("validated_module");
  return finished(reader, std::move(h));
}

Json releases_json(const std::vector<KeyRelease>& releases) {
  Json::Array array;
  for (const auto& r : releases) {
    array.push_back(Json::Object{
        {"at", rfc3339(r.at)}, {"data_keys", r.data_keys}, {"purpose", r.purpose}, {"to", r.to.text()}});
  }
  return array;
}

KeyRelease read_release(ObjectReader& parent, const Json& json) {
  ObjectReader reader(json, "key release");
  KeyRelease r;
  r.at = read_time(reader, "at");
  r.data_keys = read_count(reader, "data_keys");
  r.purpose = reader.text("purpose", 64);
  r.to = reader.parsed(reader.text("to"), &PersonId::parse);
  if (const auto status = reader.finish(); !status) parent.reject(status.error().message);
  return r;
}

HsmKeyRef read_ref(ObjectReader& reader) {
  HsmKeyRef ref;
  const Bytes id = reader.parsed(reader.text("cka_id", 32), &from_hex);
  if (id.size() == ref.cka_id.size()) {
    std::ranges::copy(id, ref.cka_id.begin());
  } else {
    reader.reject("cka_id is not 16 bytes");
  }
  return ref;
}

}  // namespace

Json to_json(const KeyDestruction& key) {
  return Json::Object{{"attributes_before", attributes_json(key.attributes_before)},
                      {"canary_found_and_opens", key.canary_found_and_opens},
                      {"census_after", key.census_after},
                      {"census_before", key.census_before},
                      {"census_differs_by_target_only", key.census_differs_by_target_only},
                      {"cka_id", hex(key.ref.cka_id)},
                      {"created", rfc3339(key.created)},
                      {"destroyed", rfc3339(key.destroyed)},
                      {"hsm", hsm_json(key.hsm)},
                      {"key", key.key.text()},
                      {"known_copies", texts_json(key.known_copies)},
                      {"releases", releases_json(key.releases)},
                      {"target_found", key.target_found},
                      {"target_sample_opens", key.target_sample_opens},
                      {"token_synced", key.token_synced}};
}

Result<KeyDestruction> key_destruction_from_json(const Json& json) {
  ObjectReader reader(json, "key destruction");
  KeyDestruction key;
  key.attributes_before = read_nested(reader, "attributes_before", &attributes_from_json);
  key.canary_found_and_opens = reader.boolean("canary_found_and_opens");
  key.census_after = read_count(reader, "census_after");
  key.census_before = read_count(reader, "census_before");
  key.census_differs_by_target_only = reader.boolean("census_differs_by_target_only");
  key.ref = read_ref(reader);
  key.created = read_time(reader, "created");
  key.destroyed = read_time(reader, "destroyed");
  key.hsm = read_nested(reader, "hsm", &hsm_from_json);
  key.key = reader.parsed(reader.text("key"), &KeyId::parse);
  key.known_copies = reader.texts("known_copies", kMaxListItems);
  for (const auto& release : reader.array("releases", 65536))
    key.releases.push_back(read_release(reader, release));
  key.target_found = reader.boolean("target_found");
  key.target_sample_opens = reader.boolean("target_sample_opens");
  key.token_synced = reader.boolean("token_synced");
  return finished(reader, std::move(key));
}

}  // namespace quietus::proof
