// The published schemas, asked with somebody else's validator about certificates of every kind.
#include <catch2/catch.hpp>

#include "base/file.hpp"
#include "proof/subject_receipt.hpp"
#include "tests/support/bundle_maker.hpp"
#include "tests/unit/proof/made_in_tests.hpp"

using namespace quietus;
using namespace quietus::proof;
using quietus::test::BundleMaker;
using quietus::test::SigningWorld;

namespace {

std::vector<Json> certificates() {
  auto waived = maker().keyring_input();
  waived.waivers = {maker().waiver(maker().world().approver_1, "R11")};
  std::vector<Json> all;
  const auto replaced = [&](const CertificateInput& input, Replacement reason) {
    return maker().in_place_of(input, as_bytes("its certificate.json"), reason);
  };
  for (const auto& input :
       {replaced(maker().medium_input(), Replacement::corrected),
        replaced(maker().key_input(), Replacement::withdrawn),
        replaced(maker().scheduled_input(), Replacement::withdrawn), maker().medium_input(),
        maker().drive_input(), maker().key_input(), maker().keyring_input(),
        maker().keyring_input(KeyClass::record, test::Extent::whole_keyring), maker().scheduled_input(),
        waived})
    all.push_back(Json::parse(as_text(maker().bundle(input).at("certificate.json")), 1 << 24).value());
  return all;
}

/// What python3-jsonschema says of each: "ok", or what it does not like.
std::vector<std::string> judged(const std::string& schema, const std::vector<Json>& documents) {
  const test::TemporaryFolder folder;
  std::string lines;
  for (const auto& document : documents) lines += document.write() + "\n";
  folder.file("documents", as_bytes(lines));
  folder.file("ask.py", as_bytes(R"py(import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
for line in open("documents"):
    error = next(iter(validator.iter_errors(json.loads(line))), None)
    print("ok" if error is None else str(list(error.absolute_path)) + " " + error.message[:200].replace("\n", " "))
)py"));
  std::string output;
  const int code = test::run_shell("python3 ask.py '" QUIETUS_SOURCE_DIR "/docs/schema/" + schema + "'",
                                   folder.path(), &output);
  INFO(output);
  REQUIRE(code == 0);
  std::vector<std::string> out;
  std::istringstream read(output);
  for (std::string line; std::getline(read, line);) out.push_back(line);
  REQUIRE(out.size() == documents.size());
  return out;
}

}  // namespace

TEST_CASE("certificates of every kind are what their schema says") {
  for (const auto& said : judged("certificate-3.schema.json", certificates())) CHECK(said == "ok");
}

TEST_CASE("a certificate without a member, with one more, or of another format is not what the schema says") {
  std::vector<Json> changed;
  for (const auto& good : certificates()) {
    for (const auto& [name, value] : *good.object()) {
      // A key that protects no data has no bytes; a certificate without a predecessor is the first.
      if (name == "bytes" || (name == "predecessor" && *good.find("type")->string() != kWithdrawalType))
        continue;
      Json less = good;
      less.object()->erase(name);
      changed.push_back(less);
      Json other = good;
      other[name] = nullptr;
      changed.push_back(other);
    }
    Json more = good;
    more["remark"] = "and more";
    changed.push_back(more);
    Json newer = good;
    newer["type"] = "quietus.certificate-of-destruction/4";
    changed.push_back(newer);
  }
  for (const auto& said : judged("certificate-3.schema.json", changed)) CHECK(said != "ok");
}

TEST_CASE("receipts are what their schema says, with and without a bundle") {
  const auto files = maker().bundle(maker().keyring_input());
  const auto report = verify_bundle(files, maker().anchor());
  const auto record = BundleMaker::receipts().receipt({7}, "cert-0003").value();
  Json longer = to_json(make_subject_receipt(report, record, std::nullopt).value());
  const Json small = longer;
  for (int i = 0; i < 21; ++i) longer["record"]["path"].array()->push_back(Json(std::string(64, '0')));
  const auto said = judged("subject-receipt-1.schema.json",
                           {small, to_json(make_subject_receipt(report, record, files).value()), longer});
  CHECK(said[0] == "ok");
  CHECK(said[1] == "ok");
  CHECK(said[2] != "ok");
}

TEST_CASE("the schemas are of the formats that are issued") {
  const auto text = read_text(QUIETUS_SOURCE_DIR "/docs/schema/certificate-3.schema.json").value();
  for (const auto type : {kCertificateType, kScheduledCertificateType, kWithdrawalType})
    CHECK(text.find("\"" + std::string(type) + "\"") != std::string::npos);
  const auto receipt = read_text(QUIETUS_SOURCE_DIR "/docs/schema/subject-receipt-1.schema.json").value();
  for (const auto word : {kSubjectReceiptType, kKeyReceiptType, kReceiptScheme})
    CHECK(receipt.find("\"" + std::string(word) + "\"") != std::string::npos);
}
