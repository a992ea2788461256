#include "kms/pkcs11/profile.hpp"

#include "base/config.hpp"

namespace quietus::pkcs11 {

namespace {

Result<Quirks> parse_quirks(const Json& json) {
  ObjectReader reader(json, "quirks");
  Quirks quirks;
  quirks.general_error_on_bad_ciphertext = reader.optional_boolean("general_error_on_bad_ciphertext", false);
  quirks.no_copyable_attribute = reader.optional_boolean("no_copyable_attribute", false);
  quirks.no_data_objects = reader.optional_boolean("no_data_objects", false);
  quirks.no_decrypt_attribute = reader.optional_boolean("no_decrypt_attribute", false);
  quirks.no_ecdsa = reader.optional_boolean("no_ecdsa", false);
  quirks.no_session_keys = reader.optional_boolean("no_session_keys", false);
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
  profile.tested = reader.boolean("tested");
  const Json& quirks_json = reader.member("quirks");
  profile.token_directory_sync = reader.boolean("token_directory_sync");
  // Unknown counts as yes: then a certificate covers nobody who has such a copy.
  profile.copy_revives_keys = reader.optional_boolean("copy_revives_keys", true);
  profile.accept_unextractable_wrap = reader.optional_boolean("accept_unextractable_wrap", false);
  profile.init_arguments = reader.optional_text("init_arguments", 1024);
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

Result<std::string> initialization_string(const Profile& profile, const std::string& token_directory) {
  static constexpr std::string_view kPlace = "{token_directory}";
  std::string text = profile.init_arguments;
  for (std::size_t at = text.find(kPlace); at != std::string::npos; at = text.find(kPlace, at)) {
    if (token_directory.empty())
      return fail(ErrorKind::invalid_input,
                  "the HSM profile '" + profile.name + "' needs the token directory, to start the library",
                  "set token_directory");
    if (token_directory.find_first_of("'\"\\") != std::string::npos)
      return fail(ErrorKind::invalid_input, "the token directory has a quote or a backslash in its name");
    text.replace(at, kPlace.size(), token_directory);
    at += token_directory.size();
  }
  return text;
}

}  // namespace quietus::pkcs11
