#include <catch2/catch.hpp>
#include <cstdlib>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "proof/verify_text.hpp"
#include "tests/support/bundle_maker.hpp"
#include "tests/support/byte_stride.hpp"
#include "tests/unit/proof/made_in_tests.hpp"

using namespace quietus;
using namespace quietus::proof;
using quietus::test::BundleMaker;
using quietus::test::kNow;
using quietus::test::SigningWorld;

namespace {

const BundleFiles& medium_bundle() {
  static const BundleFiles files = maker().bundle(maker().medium_input());
  return files;
}

const BundleFiles& key_bundle() {
  static const BundleFiles files = maker().bundle(maker().key_input());
  return files;
}

const BundleFiles& whole_keyring_bundle() {
  static const BundleFiles files =
      maker().bundle(maker().keyring_input(KeyClass::record, test::Extent::whole_keyring));
  return files;
}

}  // namespace

TEST_CASE("a bundle is valid under its own root") {
  for (const auto* files :
       {&medium_bundle(), &key_bundle(), &keys_bundle(), &whole_keyring_bundle(), &scheduled_bundle()}) {
    const auto report = verify_bundle(*files, maker().anchor());
    INFO(failures(report));
    CHECK(report.verdict == BundleVerdict::valid);
    CHECK(report.root_fingerprint == maker().anchor().root_fingerprint);
    CHECK(report.checks.size() == 14);
    CHECK(report.stamped_at == kNow + 60'000);
  }
}

TEST_CASE("without an anchor a bundle is consistent, and never valid") {
  const auto report = verify_bundle(medium_bundle(), std::nullopt);
  CHECK(report.verdict == BundleVerdict::consistent_issuer_not_established);
}

TEST_CASE("a bundle rebuilt end to end under another root is never valid under this one") {
  BundleMaker forger(SigningWorld::make());
  const auto forged = forger.bundle(forger.medium_input());
  CHECK(verify_bundle(forged, forger.anchor()).verdict == BundleVerdict::valid);
  CHECK(verify_bundle(forged, maker().anchor()).verdict == BundleVerdict::invalid);
  CHECK(verify_bundle(forged, std::nullopt).verdict == BundleVerdict::consistent_issuer_not_established);
  // Nor does it help to put the honest root, authorities or stamp among the forged files.
  for (const auto& [name, bytes] : medium_bundle()) {
    auto mixed = forged;
    mixed[name] = bytes;
    if (mixed != forged) CHECK(verify_bundle(mixed, maker().anchor()).verdict == BundleVerdict::invalid);
  }
}

TEST_CASE("an unstamped bundle is incomplete") {
  const auto files = maker().bundle(maker().medium_input(), false);
  const auto report = verify_bundle(files, maker().anchor());
  INFO(failures(report));
  CHECK(report.verdict == BundleVerdict::incomplete);
  CHECK_FALSE(files.contains("certificate.tsr"));
}

TEST_CASE("taking the stamp away from a stamped bundle does not go unnoticed") {
  auto files = medium_bundle();
  files.erase("certificate.tsr");
  CHECK(verify_bundle(files, maker().anchor()).verdict == BundleVerdict::invalid);
}

TEST_CASE("any flipped byte of any file makes a bundle invalid") {
  std::size_t offset = 0;
  BundleFiles seen;  // most of trust/ is in each of them, and is looked at in the same way; the people
                     // authority is not, where nobody signed
  for (const auto* bundle : {&medium_bundle(), &key_bundle(), &keys_bundle(), &scheduled_bundle()}) {
    for (const auto& [name, bytes] : *bundle) {
      if (const auto known = seen.find(name); known != seen.end() && known->second == bytes) continue;
      if (name != "trust/people-ca.pem") seen[name] = bytes;
      for (std::size_t i = offset++ % test::byte_stride(bytes.size()); i < bytes.size();
           i += test::byte_stride(bytes.size())) {
        auto files = *bundle;
        files[name][i] ^= static_cast<std::uint8_t>(1 << (i % 8));
        INFO(name << " byte " << i);
        REQUIRE(verify_bundle(files, maker().anchor()).verdict == BundleVerdict::invalid);
      }
    }
  }
}

TEST_CASE("a file cut short, made longer, removed or added makes a bundle invalid") {
  for (const auto* bundle : {&medium_bundle(), &scheduled_bundle()}) {
    for (const auto& [name, bytes] : *bundle) {
      INFO(name);
      auto files = *bundle;
      files[name].pop_back();
      CHECK(verify_bundle(files, maker().anchor()).verdict == BundleVerdict::invalid);
      files[name] = bytes;
      files[name].push_back('\n');
      CHECK(verify_bundle(files, maker().anchor()).verdict == BundleVerdict::invalid);
      files.erase(name);
      CHECK(verify_bundle(files, maker().anchor()).verdict == BundleVerdict::invalid);
    }
    for (const char* extra :
         {"README", "schedule-3.leaf.json", "schedule-01.leaf.json", "schedule-257.tlog-proof"}) {
      auto files = *bundle;
      files[extra] = scheduled_bundle().at("schedule-1.leaf.json");
      CHECK(verify_bundle(files, maker().anchor()).verdict == BundleVerdict::invalid);
    }
  }
}

TEST_CASE("files of two bundles of one issuer cannot be mixed") {
  const auto other = maker().bundle(maker().medium_input());
  for (const auto& [name, bytes] : other) {
    if (bytes == medium_bundle().at(name)) continue;
    auto mixed = medium_bundle();
    mixed[name] = bytes;
    INFO(name);
    CHECK(verify_bundle(mixed, maker().anchor()).verdict == BundleVerdict::invalid);
  }
}

TEST_CASE("a certificate signed by a person's or another service's key is refused") {
  auto& world = maker().world();
  for (const auto* holder : {&world.proposer, &world.mandate, &world.checkpoint}) {
    auto input = maker().certify(maker().medium_input());
    const auto& issuer = holder == &world.proposer ? world.people : world.service;
    input.p7s = build_cades_bes(input.certificate_json, holder->certificate, {issuer.certificate()}, kNow,
                                holder->digest_signer())
                    .value();
    input.tsr = world.stamp(input.p7s);
    CHECK(verify_bundle(assemble_bundle(input).value(), maker().anchor()).verdict == BundleVerdict::invalid);
    input.trust.certificate_signer = holder->certificate;
    CHECK(verify_bundle(assemble_bundle(input).value(), maker().anchor()).verdict == BundleVerdict::invalid);
  }
}

TEST_CASE("a bundle survives being written and read, and refuses what does not belong") {
  const test::TemporaryFolder scratch;
  const std::string folder = scratch.path() + "/bundle";
  REQUIRE(write_bundle(folder, medium_bundle()));
  CHECK(*read_bundle(folder) == medium_bundle());
  CHECK_FALSE(write_bundle(folder, medium_bundle()));  // never over another one
  CHECK(test::run_shell("ln -s /etc/passwd extra && mkdir -p deep", folder) == 0);
  CHECK_FALSE(read_bundle(folder));
  CHECK(test::run_shell("rm extra && rmdir deep && mv certificate.tsr t && ln -s t certificate.tsr",
                        folder) == 0);
  CHECK_FALSE(read_bundle(folder));
  CHECK(test::run_shell("rm certificate.tsr t trust/root.pem", folder) == 0);
  CHECK_FALSE(read_bundle(folder));
  CHECK_FALSE(read_bundle(scratch.path() + "/nowhere"));
}

TEST_CASE("an anchor is a fingerprint in any usual spelling, or the root itself") {
  const auto& root = maker().world().root.certificate();
  const Digest expected = root.fingerprint();
  CHECK(parse_anchor(as_bytes("sha256:" + hex(expected) + "\n"))->root_fingerprint == expected);
  CHECK(parse_anchor(as_bytes(root.pem()))->root_fingerprint == expected);
  CHECK(parse_anchor(root.der())->root_fingerprint == expected);
  std::string pairs;
  for (const auto byte : expected.value) {
    char text[4];
    std::snprintf(text, sizeof text, "%02X:", byte);
    pairs += text;
  }
  pairs.pop_back();
  CHECK(parse_anchor(as_bytes("sha256:" + pairs))->root_fingerprint == expected);
  CHECK_FALSE(parse_anchor(as_bytes("sha256:" + hex(expected).substr(2))));
  CHECK_FALSE(parse_anchor(as_bytes("sha1:abcd")));
}

TEST_CASE("a report says what the bundle is about") {
  const auto subject = [](const BundleFiles& files) {
    return *to_json(verify_bundle(files, maker().anchor())).find("subject");
  };
  CHECK(subject(medium_bundle()) == Json(Json::Object{{"holding", "disk-7"}, {"kind", "medium"}}));
  CHECK(subject(key_bundle()) == Json(Json::Object{{"holding", "ledger-2021"}, {"kind", "device-key"}}));
  Json keys = Json::Object{{"destroyed", 16},           {"from_epoch", 4},
                           {"holding", "loans-2021"},   {"keyring", "loans"},
                           {"kind", "wrapped-keys"},    {"receipts", hex(BundleMaker::receipts().root())},
                           {"survivors_verified", 967}, {"to_epoch", 5},
                           {"whole_keyring", false}};
  CHECK(subject(keys_bundle()) == keys);
  keys["kind"] = "record-keys";
  keys["survivors_verified"] = keys["to_epoch"] = 0;
  keys["whole_keyring"] = true;
  CHECK(subject(whole_keyring_bundle()) == keys);
  const auto text = [](const BundleFiles& files) {
    return subject_text(*verify_bundle(files, maker().anchor()).subject);
  };
  CHECK(text(medium_bundle()).en.empty());
  CHECK(text(keys_bundle()).en == "16 keys of keyring loans (class wrapped); 967 others stay");
  CHECK(text(whole_keyring_bundle()).en == "keyring loans (class record) as a whole, with 16 keys");
  CHECK(text(whole_keyring_bundle()).zh.find("loans") != std::string::npos);
  auto broken = keys_bundle();
  broken["certificate.json"].pop_back();
  CHECK_FALSE(verify_bundle(broken, maker().anchor()).subject);
}

TEST_CASE("a receipt is checked with stock tools against the bundle that it belongs to") {
  const test::TemporaryFolder scratch;
  REQUIRE(write_bundle(scratch.path() + "/bundle", keys_bundle()));
  const auto command = receipt_command(as_text(keys_bundle().at("VERIFY.txt")));
  REQUIRE(command);
  const auto holds = [&](BytesView receipt) {
    REQUIRE(write_file_atomically(scratch.path() + "/receipt.json", receipt));
    return test::run_shell(*command, scratch.path() + "/bundle") == 0;
  };
  for (const KeyNumber number : KeyRanges::parse("1,7,31")->numbers()) {
    CHECK(holds(encode(*BundleMaker::receipts().receipt(number, "cert-0003"))));
  }
  const Bytes good = encode(*BundleMaker::receipts().receipt({7}, "cert-0003"));
  for (std::size_t i = 0; i < good.size(); i += 17) {
    Bytes bad = good;
    bad[i] ^= 1;
    INFO(as_text(bad));
    CHECK_FALSE(holds(bad));
  }
  CHECK_FALSE(holds({}));
  CHECK(test::run_shell("rm ../receipt.json", scratch.path() + "/bundle") == 0);
  CHECK(test::run_shell(*command, scratch.path() + "/bundle") != 0);
  CHECK_FALSE(receipt_command(as_text(key_bundle().at("VERIFY.txt"))));
}

TEST_CASE("VERIFY.txt of bundles without receipts stays as it was issued") {
  std::string all;
  for (const bool stamped : {false, true})
    for (const bool host : {false, true})
      all += verify_text({.at = {1768478400123}, .stamped = stamped, .trust = {.host = host}});
  CHECK(hex(sha256(all)) == "fdeaec5ce00d8aa83b78d23889be91ed78ece598050364bfbfaa4f02dbcf07c1");
}

TEST_CASE("every command of VERIFY.txt holds for an honest bundle, with stock tools only") {
  for (const auto* files :
       {&medium_bundle(), &key_bundle(), &keys_bundle(), &whole_keyring_bundle(), &scheduled_bundle()}) {
    const test::TemporaryFolder scratch;
    const std::string folder = scratch.path() + "/bundle";
    REQUIRE(write_bundle(folder, *files));
    const auto commands = verify_commands(as_text(files->at("VERIFY.txt")));
    REQUIRE(commands);
    CHECK(commands->size() == 10);
    for (const auto& command : *commands) {
      std::string output;
      const int code = test::run_shell(command, folder, &output);
      INFO(command << "\n" << output);
      CHECK(code == 0);
    }
  }
}

TEST_CASE("each file that is changed fails at least one stock command") {
  const std::vector<std::string> changes{
      "sed -i 's/retention/retentiom/' certificate.json",
      "sed -i 's/\"index\":[0-9]*/\"index\":99/' certificate.leaf.json",
      "sed -i 's/\"holding\":\"disk-7\"/\"holding\":\"disk-8\"/' completion.leaf.json",
      "sed -i '2s/.*/index 1/' certificate.tlog-proof",
      "sed -i '3s/^./A/;3s/^A\\(.\\)/A0/' completion.tlog-proof",
      "sed -i '/^quietus.example/{n;s/.*/77/}' certificate.tlog-proof",
      "cp trust/people-ca.pem trust/service-ca.pem",
      "cp trust/mandate-signer.pem trust/certificate-signer.pem",
      "cp trust/mandate-signer.pem trust/checkpoint-signer.pem",
      "cp trust/service-ca.pem trust/people-ca.pem",
      "cp trust/service-ca.pem trust/tsa-ca.pem",
      "printf x >> certificate.p7s"};
  const auto commands = *verify_commands(as_text(medium_bundle().at("VERIFY.txt")));
  for (const auto& change : changes) {
    const test::TemporaryFolder scratch;
    const std::string folder = scratch.path() + "/bundle";
    REQUIRE(write_bundle(folder, medium_bundle()));
    REQUIRE(test::run_shell(change, folder) == 0);
    int refused = 0;
    for (const auto& command : commands) refused += test::run_shell(command, folder) != 0 ? 1 : 0;
    INFO(change);
    CHECK(refused > 0);
  }
}

TEST_CASE("a receipt holds for its own certificate only, and a wrong one makes the verdict invalid") {
  const auto verdict = [](const BundleFiles& files, BytesView receipt, bool anchored = true) {
    auto report = verify_bundle(files, anchored ? std::optional(maker().anchor()) : std::nullopt);
    check_receipt(report, receipt);
    CHECK(report.checks.back().id == "receipt");
    CHECK((report.checks.back().ok || report.verdict == BundleVerdict::invalid));
    return report.verdict;
  };
  const Bytes good = encode(*BundleMaker::receipts().receipt({7}, "cert-0003"));
  for (const auto* files : {&keys_bundle(), &whole_keyring_bundle(), &scheduled_bundle()})
    CHECK(verdict(*files, good) == BundleVerdict::valid);
  CHECK(verdict(keys_bundle(), as_bytes(std::string(as_text(good)) + "\n")) == BundleVerdict::valid);
  CHECK(verdict(keys_bundle(), good, false) == BundleVerdict::consistent_issuer_not_established);
  CHECK(verdict(keys_bundle(), encode(*BundleMaker::receipts().receipt({7}, "cert-0004"))) ==
        BundleVerdict::invalid);
  CHECK(verdict(key_bundle(), good) == BundleVerdict::invalid);
  CHECK(verdict(keys_bundle(), {}) == BundleVerdict::invalid);
  for (std::size_t i = 0; i < good.size(); i += 5) {
    Bytes bad = good;
    bad[i] ^= 1;
    INFO(as_text(bad));
    CHECK(verdict(keys_bundle(), bad) == BundleVerdict::invalid);
  }
  auto broken = keys_bundle();
  broken["certificate.json"][100] ^= 1;
  CHECK(verdict(broken, good) == BundleVerdict::invalid);
}
