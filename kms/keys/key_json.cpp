#include "kms/keys/key_json.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace quietus::keys {

Json to_json(const HsmKeyAttributes& a) {
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

Result<HsmKeyAttributes> attributes_from(const Json& json) {
  ObjectReader reader(json, "key attributes");
  HsmKeyAttributes a;
  a.always_sensitive = reader.boolean("always_sensitive");
  a.copyable = reader.boolean("copyable");
  a.extractable = reader.boolean("extractable");
  a.key_type = static_cast<std::uint32_t>(reader.integer("key_type", 0, UINT32_MAX));
  a.label = reader.optional_text("label");
  a.local = reader.boolean("local");
  a.modifiable = reader.boolean("modifiable");
  a.never_extractable = reader.boolean("never_extractable");
  a.sensitive = reader.boolean("sensitive");
  a.token = reader.boolean("token");
  a.value_length_bytes = static_cast<std::uint32_t>(reader.integer("value_length_bytes", 0, UINT32_MAX));
  QUIETUS_CHECK(reader.finish());
  return a;
}

Json to_json(const HsmInfo& info) {
  return Json::Object{{"destroy_meaning", info.destroy_meaning},
                      {"firmware", info.firmware},
                      {"library", info.library},
                      {"manufacturer", info.manufacturer},
                      {"model", info.model},
                      {"profile", info.profile},
                      {"serial", info.serial},
                      {"token_label", info.token_label},
                      {"validated_module", info.validated_module}};
}

Result<HsmInfo> info_from(const Json& json) {
  ObjectReader reader(json, "HSM description");
  HsmInfo info;
  info.destroy_meaning = reader.optional_text("destroy_meaning");
  info.firmware = reader.optional_text("firmware");
  info.library = reader.optional_text("library");
  info.manufacturer = reader.optional_text("manufacturer");
  info.model = reader.optional_text("model");
  info.profile = reader.optional_text("profile");
  info.serial = reader.optional_text("serial");
  info.token_label = reader.optional_text("token_label");
  info.validated_module = reader.boolean("validated_module");
  QUIETUS_CHECK(reader.finish());
  return info;
}

Json to_json(const HsmKeyRef& ref) { return hex(ref.cka_id); }

HsmKeyRef take_ref(ObjectReader& reader, std::string_view key) {
  HsmKeyRef ref;
  const auto bytes = from_hex(reader.text(key, 2 * ref.cka_id.size()));
  if (bytes && bytes->size() == ref.cka_id.size()) {
    std::ranges::copy(*bytes, ref.cka_id.begin());
  } else {
    reader.reject(std::string(key) + " is not the id of a key on the token");
  }
  return ref;
}

}  // namespace quietus::keys
