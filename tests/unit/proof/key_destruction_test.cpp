// Certificates that were issued are read for decades: the bytes of what they rest on are fixed.
#include "proof/key_destruction.hpp"

#include <catch2/catch.hpp>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "proof/certificate.hpp"
#include "tests/support/bundle_maker.hpp"

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
  const auto key = test::BundleMaker(test::SigningWorld::make()).key_input().key;
  CHECK(to_json(*key).write() == kIssued);
  const auto read = key_destruction_from_json(*Json::parse_canonical(kIssued));
  REQUIRE(read);
  CHECK(to_json(*read).write() == kIssued);
}

TEST_CASE("certificates that were issued before are read, and made again byte for byte") {
  for (const std::string name : {"key", "medium", "wrapped-keys", "record-keyring"}) {
    const auto issued =
        read_file(QUIETUS_SOURCE_DIR "/tests/fuzz/corpus/document_reader/certificate-" + name, 1 << 20);
    REQUIRE(issued);
    const auto read = read_certificate(*issued);
    INFO(name << ": " << (read ? "" : read.error().message));
    REQUIRE(read);
    CHECK(*make_certificate(*read) == *issued);
  }
}
