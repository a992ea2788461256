// Certificates that were issued are read for decades: the bytes of what they rest on are fixed.
#include "proof/key_destruction.hpp"

#include <catch2/catch.hpp>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "proof/certificate.hpp"
#include "quietus/pkcs11_numbers.hpp"
#include "tests/support/bundle_maker.hpp"
#include "tests/unit/proof/made_in_tests.hpp"

using namespace quietus;
using namespace quietus::proof;

namespace {

constexpr std::string_view kIssued =
    R"({"attributes_before":{"always_sensitive":true,"copyable":false,"extractable":false,"key_ty)"
    R"(pe":31,"label":"device-key-2021","local":true,"modifiable":false,"never_extractable":true,)"
    R"("sensitive":true,"token":true,"value_length_bytes":32},"canary_found_and_opens":true,"cens)"
    R"(us_after":8,"census_before":9,"census_differs_by_target_only":true,"cka_id":"5a5a5a5a5a5a5)"
    R"(a5a5a5a5a5a5a5a5a5a","created":"2025-12-04T20:00:00.123Z","destroyed":"2026-01-15T11:59:00)"
    R"(.123Z","hsm":{"destroy_meaning":"the object's file is unlinked and the folder synchronised)"
    R"(","firmware":"2.6","library":"libsofthsm2.so","manufacturer":"SoftHSM project","model":"So)"
    R"(ftHSM v2","profile":"softhsm2","serial":"0123456789abcdef","token_label":"quietus","valida)"
    R"(ted_module":false},"key":"key-2021","known_copies":[],"releases":[{"at":"2025-12-09T00:00:)"
    R"(00.123Z","data_keys":12,"purpose":"seal","to":"p-0009"}],"target_found":false,"target_samp)"
    R"(le_opens":false,"token_synced":true})";

}  // namespace

TEST_CASE("the bytes of a key's destruction are fixed") {
  const auto key = maker().key_input().key;
  CHECK(to_json(*key).write() == kIssued);
  const auto read = key_destruction_from_json(*Json::parse_canonical(kIssued));
  REQUIRE(read);
  CHECK(to_json(*read).write() == kIssued);
}

TEST_CASE("a key pair counts as two objects, everything else as one, and the census has to agree") {
  const auto input = [](std::uint32_t key_type, std::uint64_t objects, std::uint64_t after) {
    auto input = maker().key_input();
    input.key->attributes_before.key_type = key_type;
    input.key->target_objects = objects;
    input.key->census_after = after;
    input.key->releases.clear();
    return input;
  };
  constexpr std::uint32_t kEc = ckk::ec, kMac = ckk::generic_secret, kAes = ckk::aes;
  const auto good = [](const CertificateInput& of) { return make_certificate(of).has_value(); };
  const std::uint64_t before = input(kEc, 1, 0).key->census_before;
  CHECK(good(input(kEc, 2, before - 2)));
  CHECK(good(input(kEc, 1, before - 1)));  // the token does not list public halves
  CHECK(good(input(kMac, 1, before - 1)));
  CHECK_FALSE(good(input(kEc, 2, before - 1)));
  CHECK_FALSE(good(input(kEc, 3, before - 3)));
  CHECK_FALSE(good(input(kEc, 0, before)));
  CHECK_FALSE(good(input(kAes, 2, before - 2)));
  CHECK_FALSE(good(input(kMac, 2, before - 2)));
  const auto pair = *input(kEc, 2, before - 2).key;
  const auto read = key_destruction_from_json(*Json::parse_canonical(to_json(pair).write()));
  REQUIRE(read);
  CHECK(read->target_objects == 2);
  Json one = to_json(pair);
  one["target_objects"] = 1;
  CHECK_FALSE(key_destruction_from_json(one));
}

TEST_CASE("the certificate of a key that signs or makes MACs does not claim that data became unreadable") {
  auto input = maker().key_input();
  for (const std::uint32_t key_type : {ckk::ec, ckk::generic_secret}) {
    input.key->attributes_before.key_type = key_type;
    const auto files = maker().bundle(input);
    const std::string text(as_text(files.at("certificate.json")));
    CHECK(text.find("sealed copies of the data are unreadable") == std::string::npos);
    CHECK(text.find("cryptographic erase") == std::string::npos);
    CHECK(text.find("It does not take back those that were made before.") != std::string::npos);
    CHECK(text.find("no claim beyond Clear") == std::string::npos);
    const Json json = *Json::parse(text);
    CHECK(json.find("sanitization")->find("method") == nullptr);
    CHECK(json.find("sanitization")->find("applies")->find("en")->string()->starts_with("No method"));
    CHECK(json.find("bytes") == nullptr);
    CHECK(verify_bundle(files, maker().anchor()).verdict == BundleVerdict::valid);
  }
}

TEST_CASE("a key of a type that this house does not make has no certificate, whatever it may have done") {
  const auto made = [](std::uint32_t key_type, std::uint32_t bytes) {
    auto input = maker().key_input();
    input.key->attributes_before.key_type = key_type;
    input.key->attributes_before.value_length_bytes = bytes;
    return make_certificate(input).has_value();
  };
  CHECK(made(ckk::aes, 32));
  CHECK(made(ckk::generic_secret, 32));
  CHECK(made(ckk::ec, 0));
  CHECK_FALSE(made(ckk::aes, 16));
  CHECK_FALSE(made(ckk::generic_secret, 16));
  for (const std::uint32_t other :
       {0x00U, 0x01U, 0x11U, 0x15U, 0x20U, 0x33U, 0x80000000U})  // RSA, DSA, DES …
    CHECK_FALSE(made(other, 32));
}

TEST_CASE("a validated module purges data with a data key, and nothing with a key that protects none") {
  auto input = maker().key_input();
  input.key->hsm.validated_module = true;
  const auto json = [&] { return *Json::parse(as_text(*make_certificate(input))); };
  CHECK(*json().find("sanitization")->find("method")->string() == "purge");
  input.key->attributes_before.key_type = ckk::ec;
  CHECK(json().find("sanitization")->find("method") == nullptr);
  CHECK(*json().find("sanitization")->find("module")->find("en")->string() ==
        "validated cryptographic module");
}

TEST_CASE("how many objects of the token the key was stands where its end is shown") {
  auto input = maker().key_input();
  const auto objects = [&] {
    const Json json = *Json::parse(as_text(*make_certificate(input)));
    return *json.find("verification")->find("target_objects")->integer();
  };
  CHECK(objects() == 1);
  input.key->attributes_before.key_type = ckk::ec;
  input.key->target_objects = 2;
  input.key->census_after = input.key->census_before - 2;
  CHECK(objects() == 2);
}

TEST_CASE("certificates that were issued before are read, and made again byte for byte") {
  for (const std::string name : {"key", "medium", "wrapped-keys", "record-keyring"}) {
    const auto issued =
        read_file(QUIETUS_SOURCE_DIR "/tests/fuzz/corpus/document_reader/certificate-" + name, 1 << 20);
    REQUIRE(issued);
    const auto read = read_certificate(*issued);
    INFO(name << ": " << (read ? "" : read.error().message));
    REQUIRE(read);
    CHECK_FALSE(read->waivers);  // reading has made it again, byte for byte; nobody issues that format now
    CHECK_FALSE(make_certificate(*read));
  }
}
