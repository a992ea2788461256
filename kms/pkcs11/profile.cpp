#include "kms/pkcs11/profile.hpp"

#include "base/config.hpp"

namespace quietus::pkcs11 {

namespace {

Result<Quirks> parse_quirks(const Json& json) {
  ObjectReader reader(json, "quirks");
  Quirks quirks;
  quirks.general_error_on_bad_ciphertext = reader.optional_boolean("general_error_on_bad_ciphertext", false);
  QUIETUS_CHECK(reader.finish());
  return quirks;
}

}  // namespace

Result<Profile> parse_profile(const Json& json) {
  ObjectReader reader(json, "HSM profile");
  Profile profile;
  profile.name = reader.text("name", 64);
  profile.module_path = reader.text("module", 1024);
  profile.validated_module = reader.boolean("validated");
  const Json& quirks_json = reader.member("quirks");
  profile.token_directory_sync = reader.boolean("token_directory_sync");
  // Unknown counts as yes: then a certificate covers nobody who has such a copy.
  profile.copy_revives_keys = reader.optional_boolean("copy_revives_keys", true);
  profile.destroy_meaning = reader.text("destroy_meaning", 1024);
  if (profile.name.empty()) reader.reject("an HSM profile needs a name");
  if (profile.destroy_meaning.empty()) reader.reject("an HSM profile says what destroy means");
  if (!profile.module_path.starts_with('/')) reader.reject("the module path is absolute");
  QUIETUS_CHECK(reader.finish());
  QUIETUS_TRY(quirks, parse_quirks(quirks_json));
  profile.quirks = quirks;
  return profile;
}

Result<Profile> load_profile(const std::string& path) {
  QUIETUS_TRY(json, load_config(path));
  auto profile = parse_profile(json);
  if (!profile) {
    Error error = std::move(profile).error();
    error.message = path + ": " + error.message;
    return std::unexpected(std::move(error));
  }
  return profile;
}

}  // namespace quietus::pkcs11
