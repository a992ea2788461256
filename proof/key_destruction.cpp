#include "proof/key_destruction.hpp"

#include "base/hsm_json.hpp"
#include "proof/document_parts.hpp"

namespace quietus::proof {
namespace {

constexpr std::size_t kMaxReleases = 65536;

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

}  // namespace

Json to_json(const std::vector<KeyRelease>& releases) {
  Json::Array array;
  for (const auto& r : releases) {
    array.push_back(Json::Object{
        {"at", rfc3339(r.at)}, {"data_keys", r.data_keys}, {"purpose", r.purpose}, {"to", r.to.text()}});
  }
  return array;
}

std::vector<KeyRelease> read_releases(ObjectReader& reader, std::string_view key) {
  std::vector<KeyRelease> releases;
  for (const auto& release : reader.array(key, kMaxReleases))
    releases.push_back(read_release(reader, release));
  return releases;
}

Json to_json(const KeyDestruction& key) {
  Json json = Json::Object{{"attributes_before", to_json(key.attributes_before)},
                           {"canary_found_and_opens", key.canary_found_and_opens},
                           {"census_after", key.census_after},
                           {"census_before", key.census_before},
                           {"census_differs_by_target_only", key.census_differs_by_target_only},
                           {"cka_id", to_json(key.ref)},
                           {"created", rfc3339(key.created)},
                           {"destroyed", rfc3339(key.destroyed)},
                           {"hsm", to_json(key.hsm)},
                           {"key", key.key.text()},
                           {"known_copies", texts_json(key.known_copies)},
                           {"releases", to_json(key.releases)},
                           {"target_found", key.target_found},
                           {"target_sample_opens", key.target_sample_opens},
                           {"token_synced", key.token_synced}};
  if (key.target_objects != 1) json["target_objects"] = key.target_objects;
  return json;
}

Result<KeyDestruction> key_destruction_from_json(const Json& json) {
  ObjectReader reader(json, "key destruction");
  KeyDestruction key;
  key.attributes_before = read_nested(reader, "attributes_before", &hsm_key_attributes_from_json);
  key.canary_found_and_opens = reader.boolean("canary_found_and_opens");
  key.census_after = read_count(reader, "census_after");
  key.census_before = read_count(reader, "census_before");
  key.census_differs_by_target_only = reader.boolean("census_differs_by_target_only");
  key.ref = read_hsm_key_ref(reader, "cka_id");
  key.created = read_time(reader, "created");
  key.destroyed = read_time(reader, "destroyed");
  key.hsm = read_nested(reader, "hsm", &hsm_info_from_json);
  key.key = reader.parsed(reader.text("key"), &KeyId::parse);
  key.known_copies = reader.texts("known_copies", kMaxListItems);
  key.releases = read_releases(reader, "releases");
  key.target_found = reader.boolean("target_found");
  key.target_sample_opens = reader.boolean("target_sample_opens");
  if (json.find("target_objects") != nullptr) {
    key.target_objects = read_count(reader, "target_objects");
    if (key.target_objects == 1) reader.reject("one object is what is not said");
  }
  key.token_synced = reader.boolean("token_synced");
  return finished(reader, std::move(key));
}

}  // namespace quietus::proof
