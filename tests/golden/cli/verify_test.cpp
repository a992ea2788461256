// quietus verify as scripts and people see it.
#include <catch2/catch.hpp>
#include <filesystem>
#include <regex>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "proof/subject_receipt.hpp"
#include "tests/golden/cli/program.hpp"
#include "tests/support/bundle_maker.hpp"

namespace quietus::test {
namespace {

/// Keys are new in every run: 64 hex digits stand for any digest.
std::string masked(const std::string& text) {
  return std::regex_replace(text, std::regex("[0-9a-f]{64}"), "<digest>");
}

struct Fixture {
  Fixture() {
    REQUIRE(proof::write_bundle(bundle, maker.bundle(maker.medium_input())));
    fingerprint = "sha256:" + hex(maker.anchor().root_fingerprint);
  }
  void flip(const std::string& name, std::size_t at) const {
    const auto path = bundle + "/" + name;
    auto bytes = read_file(path);
    REQUIRE(bytes);
    (*bytes)[at % bytes->size()] ^= 1;
    REQUIRE(write_file_atomically(path, *bytes));
  }
  TemporaryFolder folder;
  BundleMaker maker{SigningWorld::make()};
  std::string bundle = folder.path() + "/bundle", fingerprint;
};

TEST_CASE_METHOD(Fixture, "a valid bundle: fingerprint first, a line per check, exit 0, in both languages") {
  for (const char* language : {"en", "zh"}) {
    const auto ran = run_quietus(folder, {"--lang", language, "verify", bundle, "--root", fingerprint});
    CHECK(ran.status == 0);
    CHECK(ran.output.substr(0, ran.output.find('\n')).ends_with(fingerprint));
    CHECK(widest_line(ran.output) <= 100);
    check_golden("verify." + std::string(language) + ".txt", masked(ran.output));
  }
}

TEST_CASE_METHOD(Fixture, "a bundle about keys of a keyring says which, on the screen and as JSON") {
  const std::string keys = folder.path() + "/keys";
  REQUIRE(proof::write_bundle(keys, maker.bundle(maker.keyring_input())));
  const auto ran = run_quietus(folder, {"--lang", "en", "verify", keys, "--root", fingerprint});
  CHECK(ran.status == 0);
  CHECK(ran.output.find("\nabout 16 keys of keyring loans (class wrapped); 967 others stay\n") !=
        std::string::npos);
  CHECK(run_quietus(folder, {"--lang", "zh", "verify", keys}).output.find("内容 密钥环 loans") !=
        std::string::npos);
  const auto json = Json::parse(run_quietus(folder, {"--json", "verify", keys}).output);
  REQUIRE(json);
  CHECK(*json->find("subject")->find("kind")->string() == "wrapped-keys");
  CHECK(*json->find("subject")->find("destroyed")->integer() == 16);
}

TEST_CASE_METHOD(Fixture,
                 "a bundle without approvals says so before anything else, and whose schedule it was") {
  const std::string keys = folder.path() + "/keys";
  REQUIRE(proof::write_bundle(keys, maker.bundle(maker.scheduled_input())));
  for (const char* language : {"en", "zh"}) {
    const auto ran = run_quietus(folder, {"--lang", language, "verify", keys, "--root", fingerprint});
    CHECK(ran.status == 0);
    CHECK(widest_line(ran.output) <= 100);
    check_golden("verify.scheduled." + std::string(language) + ".txt", masked(ran.output));
  }
}

TEST_CASE_METHOD(Fixture,
                 "rules that were waived in the case are shown before the checks, in both languages") {
  const std::string keys = folder.path() + "/keys";
  auto input = maker.keyring_input();
  input.waivers = {maker.waiver(maker.world().approver_1, "R11"), maker.waiver(maker.world().witness, "R11")};
  REQUIRE(proof::write_bundle(keys, maker.bundle(input)));
  const auto ran = run_quietus(folder, {"--lang", "en", "verify", keys, "--root", fingerprint});
  CHECK(ran.status == 0);
  CHECK(widest_line(ran.output) <= 100);
  const auto shown = ran.output.find("\nwaiver: rule R11, about case case-1, signed by Li Na 李娜 (p-0002)");
  CHECK(shown < ran.output.find("\nok    files"));
  CHECK(run_quietus(folder, {"--lang", "zh", "verify", keys}).output.find("豁免：规则 R11") !=
        std::string::npos);
}

TEST_CASE_METHOD(
    Fixture, "a receipt is checked against its bundle: exit 0, 1 when it is not of it, 2 without an anchor") {
  const std::string keys = folder.path() + "/keys";
  REQUIRE(proof::write_bundle(keys, maker.bundle(maker.keyring_input())));
  const Bytes good = proof::encode(*BundleMaker::receipts().receipt({7}, "cert-0003"));
  const auto status = [&](const std::string& of, BytesView receipt, bool anchored = true) {
    std::vector<std::string> args{"verify", of, "--receipt", folder.file("receipt.json", receipt)};
    if (anchored) args.insert(args.end(), {"--root", fingerprint});
    return run_quietus(folder, args).status;
  };
  CHECK(status(keys, good) == 0);
  CHECK(status(keys, good, false) == 2);
  CHECK(status(bundle, good) == 1);
  CHECK(status(keys, proof::encode(*BundleMaker::receipts().receipt({7}, "cert-0004"))) == 1);
  Bytes flipped = good;
  flipped[flipped.size() / 2] ^= 1;
  CHECK(status(keys, flipped) == 1);
  const auto ran = run_quietus(folder, {"--lang", "en", "verify", keys, "--root", fingerprint, "--receipt",
                                        folder.file("receipt.json", good)});
  CHECK(ran.output.find("key loans.7 is one of the 16 that this certificate is about") != std::string::npos);
  CHECK(run_quietus(folder, {"verify", keys, "--receipt", folder.path() + "/nowhere"}).status > 2);
}

TEST_CASE_METHOD(Fixture, "the root may be given as a file") {
  const auto& root = maker.world().root.certificate();
  CHECK(run_quietus(folder, {"verify", bundle, "--root", folder.file("root.pem", as_bytes(root.pem()))})
            .status == 0);
  CHECK(run_quietus(folder, {"verify", bundle, "--root", folder.file("root.der", root.der())}).status == 0);
}

TEST_CASE_METHOD(Fixture, "without an anchor the answer is never valid: exit 2") {
  const auto ran = run_quietus(folder, {"verify", bundle});
  CHECK(ran.status == 2);
  check_golden("verify.no-anchor.txt", masked(ran.output));
}

TEST_CASE_METHOD(Fixture, "under another root the bundle is not valid: exit 1") {
  CHECK(run_quietus(folder, {"verify", bundle, "--root", "sha256:" + std::string(64, '0')}).status == 1);
}

TEST_CASE_METHOD(Fixture, "one flipped byte makes the exit 1") {
  for (const char* name :
       {"certificate.json", "certificate.p7s", "certificate.tsr", "certificate.tlog-proof", "VERIFY.txt"}) {
    flip(name, 200);
    CHECK(run_quietus(folder, {"verify", bundle, "--root", fingerprint}).status == 1);
    flip(name, 200);
  }
  CHECK(run_quietus(folder, {"verify", bundle, "--root", fingerprint}).status == 0);
}

TEST_CASE_METHOD(Fixture, "a bundle with a file too few or too many is not valid") {
  std::filesystem::create_symlink("certificate.json", bundle + "/link");
  CHECK(run_quietus(folder, {"verify", bundle, "--root", fingerprint}).status == 1);
  std::filesystem::remove(bundle + "/link");
  std::filesystem::remove(bundle + "/certificate.p7s");
  CHECK(run_quietus(folder, {"verify", bundle, "--root", fingerprint}).status == 1);
}

TEST_CASE_METHOD(Fixture, "the verdict as JSON agrees with the exit code") {
  const auto ran = run_quietus(folder, {"--json", "verify", bundle, "--root", fingerprint});
  const auto json = Json::parse(ran.output);
  REQUIRE(json);
  CHECK(*json->find("verdict")->string() == "valid");
  CHECK(ran.status == 0);
}

TEST_CASE_METHOD(Fixture, "a receipt's file is verified with its bundle, or alone when it carries one") {
  const std::string keys = folder.path() + "/keys";
  const auto files = maker.bundle(maker.keyring_input());
  REQUIRE(proof::write_bundle(keys, files));
  const auto record = BundleMaker::receipts().receipt({7}, "cert-0003").value();
  const auto report = proof::verify_bundle(files, maker.anchor());
  const auto small = folder.file("small.json", proof::encode(record));
  const auto whole = folder.file(
      "whole.json",
      to_bytes(proof::to_json(proof::make_subject_receipt(report, record, files).value()).write() + "\n"));
  const auto status = [&](std::vector<std::string> args) {
    args.insert(args.begin(), "verify");
    return run_quietus(folder, args).status;
  };
  CHECK(status({small, "--bundle", keys, "--root", fingerprint}) == 0);
  CHECK(status({small, "--bundle", bundle, "--root", fingerprint}) == 1);
  CHECK(status({small, "--root", fingerprint}) == 3);
  CHECK(status({whole, "--root", fingerprint}) == 0);
  CHECK(status({whole}) == 2);
  CHECK(status({whole, "--root", "sha256:" + std::string(64, '0')}) == 1);
  CHECK(status({whole, "--bundle", bundle, "--root", fingerprint}) == 1);
  CHECK(status({folder.file("other.json", as_bytes("{}")), "--root", fingerprint}) == 1);
  CHECK(status({keys, "--bundle", keys, "--root", fingerprint}) == 3);
  const auto ran = run_quietus(folder, {"--lang", "en", "verify", whole, "--root", fingerprint});
  CHECK(ran.output.find("key loans.7 is one of the 16 that this certificate is about") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "a folder of bundles gives a line for each and one verdict, the worst") {
  const std::string in = folder.path() + "/case";
  REQUIRE(proof::write_bundle(in + "/bundle/disk", maker.bundle(maker.medium_input())));
  REQUIRE(proof::write_bundle(in + "/bundle/keys", maker.bundle(maker.keyring_input())));
  for (const char* language : {"en", "zh"}) {
    const auto ran = run_quietus(folder, {"--lang", language, "verify", in, "--root", fingerprint});
    CHECK(ran.status == 0);
    CHECK(widest_line(ran.output) <= 100);
    check_golden("verify.case." + std::string(language) + ".txt", masked(ran.output));
  }
  CHECK(run_quietus(folder, {"verify", in}).status == 2);
  REQUIRE(write_file_atomically(in + "/bundle/keys/certificate.tsr", as_bytes("not a stamp")));
  const auto ran = run_quietus(folder, {"--json", "verify", in, "--root", fingerprint});
  CHECK(ran.status == 1);
  const auto json = Json::parse(ran.output);
  REQUIRE(json);
  CHECK(*json->find("verdict")->string() == "invalid");
  const auto& bundles = *json->find("bundles")->array();
  REQUIRE(bundles.size() == 2);
  CHECK(*bundles[0].find("verdict")->string() == "valid");
  CHECK(*bundles[1].find("verdict")->string() == "invalid");
}

TEST_CASE("a certificate without time-stamp is incomplete, not valid: exit 1") {
  const TemporaryFolder folder;
  BundleMaker maker{SigningWorld::make()};
  const auto bundle = folder.path() + "/bundle";
  REQUIRE(proof::write_bundle(bundle, maker.bundle(maker.medium_input(), false)));
  const auto ran =
      run_quietus(folder, {"verify", bundle, "--root", "sha256:" + hex(maker.anchor().root_fingerprint)});
  CHECK(ran.status == 1);
  CHECK(ran.output.find("INCOMPLETE") != std::string::npos);
}

}  // namespace
}  // namespace quietus::test
