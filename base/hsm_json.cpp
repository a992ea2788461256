#include "base/hsm_json.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace quietus {

namespace {

/// A token's own strings have at most 64 bytes, labels of ours and names of profiles at most 128.
constexpr std::size_t kMaxNameBytes = 256;
constexpr std::int64_t kMaxKeyBytes = 65536;

Json to_json(const HsmKeyUsage& usage) {
  return Json::Object{{"decrypt", usage.decrypt}, {"derive", usage.derive}, {"encrypt", usage.encrypt},
                      {"sign", usage.sign},       {"unwrap", usage.unwrap}, {"verify", usage.verify},
                      {"wrap", usage.wrap}};
}

std::optional<HsmKeyUsage> read_usage(ObjectReader& outer) {
  const Json* json = outer.optional_member("usage");
  if (json == nullptr) return std::nullopt;
  ObjectReader reader(*json, "usage");
  HsmKeyUsage usage;
  usage.decrypt = reader.boolean("decrypt");
  usage.derive = reader.boolean("derive");
  usage.encrypt = reader.boolean("encrypt");
  usage.sign = reader.boolean("sign");
  usage.unwrap = reader.boolean("unwrap");
  usage.verify = reader.boolean("verify");
  usage.wrap = reader.boolean("wrap");
  if (const Status good = reader.finish(); !good) outer.reject(good.error().message);
  return usage;
}

}  // namespace

Json to_json(const HsmKeyAttributes& a) {
  Json json = Json::Object{{"always_sensitive", a.always_sensitive},
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
  if (a.usage) json["usage"] = to_json(*a.usage);
  return json;
}

Result<HsmKeyAttributes> hsm_key_attributes_from_json(const Json& json) {
  ObjectReader reader(json, "key attributes");
  HsmKeyAttributes a;
  a.always_sensitive = reader.boolean("always_sensitive");
  a.copyable = reader.boolean("copyable");
  a.extractable = reader.boolean("extractable");
  a.key_type = static_cast<std::uint32_t>(reader.integer("key_type", 0, UINT32_MAX));
  a.label = reader.text("label", kMaxNameBytes);
  a.local = reader.boolean("local");
  a.modifiable = reader.boolean("modifiable");
  a.never_extractable = reader.boolean("never_extractable");
  a.sensitive = reader.boolean("sensitive");
  a.token = reader.boolean("token");
  a.usage = read_usage(reader);
  a.value_length_bytes = static_cast<std::uint32_t>(reader.integer("value_length_bytes", 0, kMaxKeyBytes));
  QUIETUS_CHECK(reader.finish());
  return a;
}

Json to_json(const HsmInfo& info) {
  Json json = Json::Object{{"destroy_meaning", info.destroy_meaning},
                           {"firmware", info.firmware},
                           {"library", info.library},
                           {"manufacturer", info.manufacturer},
                           {"model", info.model},
                           {"profile", info.profile},
                           {"serial", info.serial},
                           {"token_label", info.token_label},
                           {"validated_module", info.validated_module}};
  if (info.copy_revives_keys) json["copy_revives_keys"] = *info.copy_revives_keys;
  return json;
}

Result<HsmInfo> hsm_info_from_json(const Json& json) {
  ObjectReader reader(json, "hsm");
  HsmInfo info;
  if (json.find("copy_revives_keys") != nullptr) info.copy_revives_keys = reader.boolean("copy_revives_keys");
  info.destroy_meaning = reader.text("destroy_meaning");
  info.firmware = reader.text("firmware", kMaxNameBytes);
  info.library = reader.text("library", kMaxNameBytes);
  info.manufacturer = reader.text("manufacturer", kMaxNameBytes);
  info.model = reader.text("model", kMaxNameBytes);
  info.profile = reader.text("profile", kMaxNameBytes);
  info.serial = reader.text("serial", kMaxNameBytes);
  info.token_label = reader.text("token_label", kMaxNameBytes);
  info.validated_module = reader.boolean("validated_module");
  QUIETUS_CHECK(reader.finish());
  return info;
}

Json to_json(const HsmKeyRef& ref) { return hex(ref.cka_id); }

HsmKeyRef read_hsm_key_ref(ObjectReader& reader, std::string_view key) {
  HsmKeyRef ref;
  const Bytes id = reader.parsed(reader.text(key, 2 * ref.cka_id.size()), &from_hex);
  if (id.size() == ref.cka_id.size()) {
    std::ranges::copy(id, ref.cka_id.begin());
  } else {
    reader.reject(std::string(key) + " is not the 16 bytes of a key's id on the token");
  }
  return ref;
}

}  // namespace quietus
