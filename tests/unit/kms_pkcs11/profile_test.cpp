#include <catch2/catch.hpp>

#include <filesystem>

#include "kms/pkcs11/profile.hpp"

namespace quietus::pkcs11 {

namespace {

constexpr const char* kGood =
    R"({"name":"x","module":"/lib/x.so","validated":true,"tested":false,"quirks":{},"token_directory_sync":false,"destroy_meaning":"zeroised"})";

Result<Profile> parsed(const std::string& text) { return parse_profile(Json::parse(text).value()); }

}  // namespace

TEST_CASE("a profile without quirks has none") {
  const auto profile = parsed(kGood);
  REQUIRE(profile);
  CHECK(profile->name == "x");
  CHECK(profile->module_path == "/lib/x.so");
  CHECK(profile->validated_module);
  CHECK_FALSE(profile->quirks.general_error_on_bad_ciphertext);
  CHECK_FALSE(profile->token_directory_sync);
  CHECK(profile->destroy_meaning == "zeroised");
  CHECK_FALSE(profile->tested);
  CHECK_FALSE(profile->accept_unextractable_wrap);
  CHECK(profile->init_arguments.empty());
  CHECK_FALSE((profile->quirks.no_copyable_attribute || profile->quirks.no_data_objects ||
               profile->quirks.no_session_keys));
}

TEST_CASE("a profile that does not say that copies of the token are harmless counts them as harmful") {
  CHECK(parsed(kGood)->copy_revives_keys);
  for (const bool revives : {false, true}) {
    Json json = *Json::parse(kGood);
    json["copy_revives_keys"] = revives;
    CHECK(parse_profile(json)->copy_revives_keys == revives);
  }
  CHECK(load_profile(QUIETUS_SOURCE_DIR "/hsm-config/softhsm2.json")->copy_revives_keys);
}

TEST_CASE("a profile that lacks a member, has an unknown one or an empty one is refused") {
  const Json::Object good = *Json::parse(kGood)->object();
  for (const auto& [member, value] : good) {
    Json::Object without = good;
    without.erase(member);
    CAPTURE(member);
    CHECK_FALSE(parse_profile(without));
  }
  Json::Object bad = good;
  bad["quirk"] = true;
  CHECK_FALSE(parse_profile(bad));
  bad = good;
  bad["quirks"] = Json::Object{{"general_error_on_bad_cyphertext", true}};
  CHECK_FALSE(parse_profile(bad));
  for (const auto& [member, value] :
       {std::pair{"name", ""}, {"module", "relative.so"}, {"destroy_meaning", ""}}) {
    bad = good;
    bad[member] = value;
    CHECK_FALSE(parse_profile(bad));
  }
}

TEST_CASE("what a profile may say besides is read") {
  Json::Object more = *Json::parse(kGood)->object();
  more["accept_unextractable_wrap"] = true;
  more["init_arguments"] = "a=1";
  more["quirks"] =
      Json::Object{{"no_copyable_attribute", true}, {"no_data_objects", true}, {"no_session_keys", true}};
  const auto profile = parse_profile(more);
  REQUIRE(profile);
  CHECK(profile->accept_unextractable_wrap);
  CHECK(profile->init_arguments == "a=1");
  CHECK((profile->quirks.no_copyable_attribute && profile->quirks.no_data_objects &&
         profile->quirks.no_session_keys));
}

TEST_CASE("the token directory is filled into the library's arguments, and cannot end a quoted one") {
  Profile profile;
  CHECK(initialization_string(profile, "").value().empty());
  profile.init_arguments = "dir='sql:{token_directory}' again='{token_directory}'";
  CHECK(initialization_string(profile, "/a/{token_directory}").value() ==
        "dir='sql:/a/{token_directory}' again='/a/{token_directory}'");
  for (const std::string& bad : {"", "/a' flags='", "/a\"b", "/a\\b"})
    CHECK(initialization_string(profile, bad).error().kind == ErrorKind::invalid_input);
}

TEST_CASE("every profile that is shipped loads, and is called what its file is called") {
  int profiles = 0;
  for (const auto& entry : std::filesystem::directory_iterator(QUIETUS_SOURCE_DIR "/hsm-config")) {
    if (entry.path().extension() != ".json") continue;
    const auto profile = load_profile(entry.path());
    REQUIRE(profile);
    CHECK(profile->name == entry.path().stem());
    ++profiles;
  }
  CHECK(profiles > 0);
}

TEST_CASE("an error in a profile names the file") {
  const auto missing = load_profile("/nonexistent/hsm.json");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message.find("/nonexistent/hsm.json") != std::string::npos);
}

}  // namespace quietus::pkcs11
