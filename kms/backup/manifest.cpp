#include "kms/backup/manifest.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/hsm_json.hpp"

namespace quietus::kms {
namespace {

constexpr std::size_t kMaxKeys = 1 << 20, kMaxIdBytes = 256;

ManifestKey take_key(ObjectReader& outer, const Json& json) {
  ObjectReader reader(json, "a key of the manifest");
  ManifestKey key;
  key.key_class = reader.parsed(reader.text("class"), &key_class_from);
  key.epoch = static_cast<std::uint64_t>(reader.integer("epoch", 0, Json::kMaxInteger));
  key.id = reader.text("id", kMaxIdBytes);
  key.root = read_hsm_key_ref(reader, "root");
  if ((key.key_class == KeyClass::device) != (key.epoch == 0))
    reader.reject("an epoch where there is none, or none where there is one");
  if (const Status good = reader.finish(); !good) outer.reject(good.error().message);
  return key;
}

Result<Manifest> manifest_from(const Json& json) {
  ObjectReader reader(json, "the manifest");
  Manifest manifest;
  manifest.database = reader.digest("database");
  for (const Json& one : reader.array("keys", kMaxKeys)) manifest.keys.push_back(take_key(reader, one));
  manifest.ledger_root = reader.digest("ledger_root");
  manifest.ledger_size = static_cast<std::uint64_t>(reader.integer("ledger_size", 0, Json::kMaxInteger));
  manifest.taken = reader.parsed(reader.text("taken"), &from_rfc3339);
  if (reader.text("type") != kManifestType) reader.reject("the manifest is of another kind");
  QUIETUS_CHECK(reader.finish());
  return manifest;
}

Result<Manifest> parsed(std::string_view text) {
  QUIETUS_TRY(json, Json::parse_canonical(text));
  return manifest_from(json);
}

}  // namespace

std::string write_manifest(const Manifest& manifest) {
  Json::Array keys;
  for (const ManifestKey& key : manifest.keys)
    keys.emplace_back(Json::Object{{"class", to_string(key.key_class)},
                                   {"epoch", key.epoch},
                                   {"id", key.id},
                                   {"root", to_json(key.root)}});
  return Json(Json::Object{{"database", hex(manifest.database)},
                           {"keys", std::move(keys)},
                           {"ledger_root", hex(manifest.ledger_root)},
                           {"ledger_size", manifest.ledger_size},
                           {"taken", rfc3339(manifest.taken)},
                           {"type", kManifestType}})
      .write();
}

Result<Manifest> read_manifest(std::string_view text) {
  auto manifest = parsed(text);
  if (!manifest)
    return fail(ErrorKind::corrupt, "the manifest of the backup cannot be read: " + manifest.error().message,
                "use another backup");
  return manifest;
}

}  // namespace quietus::kms
