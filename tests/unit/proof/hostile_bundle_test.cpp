// Bundles as somebody would make them who wants a verifier to look elsewhere. Single bytes: bundle_test.cpp.
#include <catch2/catch.hpp>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "proof/verify_text.hpp"
#include "tests/support/bundle_maker.hpp"
#include "tests/unit/proof/made_in_tests.hpp"

using namespace quietus;
using namespace quietus::proof;
using quietus::test::BundleMaker;
using quietus::test::kNow;
using quietus::test::SigningWorld;

namespace {

const BundleFiles& bundle() {
  static const BundleFiles files = maker().bundle(maker().keyring_input());
  return files;
}

/// What the verdict is when one file says something else.
BundleVerdict with(const std::string& name, std::string_view text) {
  auto files = bundle();
  files[name] = to_bytes(text);
  return verify_bundle(files, maker().anchor()).verdict;
}

std::string text_of(const std::string& name) { return std::string(as_text(bundle().at(name))); }

std::string replaced(std::string text, std::string_view old, std::string_view now) {
  REQUIRE(text.find(old) != std::string::npos);
  return text.replace(text.find(old), old.size(), now);
}

}  // namespace

TEST_CASE("certificates of trust/ exchanged for one another are refused, each for each") {
  std::vector<std::string> names;
  for (const auto& [name, bytes] : bundle())
    if (name.ends_with(".pem")) names.push_back(name);
  REQUIRE(names.size() >= 8);
  for (const auto& name : names) {
    for (const auto& other : names) {
      if (name == other) continue;
      INFO(name << " is " << other);
      CHECK(with(name, text_of(other)) == BundleVerdict::invalid);
    }
  }
}

TEST_CASE("proofs and leaves that have changed places are refused") {
  auto files = bundle();
  std::swap(files["certificate.tlog-proof"], files["completion.tlog-proof"]);
  CHECK(verify_bundle(files, maker().anchor()).verdict == BundleVerdict::invalid);
  std::swap(files["certificate.leaf.json"], files["completion.leaf.json"]);
  CHECK(verify_bundle(files, maker().anchor()).verdict == BundleVerdict::invalid);
  CHECK(with("certificate.p7s", text_of("certificate.tsr")) == BundleVerdict::invalid);
  CHECK(with("certificate.tsr", text_of("certificate.p7s")) == BundleVerdict::invalid);
}

TEST_CASE("a path under the checkpoint of another time is refused, an older or a newer one") {
  BundleMaker fresh(SigningWorld::make());
  const auto files = fresh.bundle(fresh.keyring_input());
  fresh.bundle(fresh.medium_input());
  auto mixed = files;
  const auto proof = parse_tlog_proof(as_text(files.at("certificate.tlog-proof"))).value();
  TlogProof newer = fresh.prove(proof.index);
  newer.checkpoint = proof.checkpoint;  // the path of the larger tree, the head of the smaller one
  mixed["certificate.tlog-proof"] = to_bytes(write_tlog_proof(newer));
  CHECK(verify_bundle(mixed, fresh.anchor()).verdict == BundleVerdict::invalid);
  TlogProof older_head = fresh.prove(proof.index);
  older_head.path = proof.path;
  mixed["certificate.tlog-proof"] = to_bytes(write_tlog_proof(older_head));
  CHECK(verify_bundle(mixed, fresh.anchor()).verdict == BundleVerdict::invalid);
}

TEST_CASE(
    "a name given twice, a float, a half of a character and depths are refused wherever there is JSON") {
  for (const std::string name : {"certificate.json", "certificate.leaf.json", "completion.leaf.json"}) {
    const std::string text = text_of(name);
    INFO(name);
    const std::string inside = text.substr(1);
    CHECK(with(name, R"({"type":"first",)" + inside) == BundleVerdict::invalid);
    CHECK(with(name, R"({"index":1.5,)" + inside) == BundleVerdict::invalid);
    CHECK(with(name, R"({"index":1e3,)" + inside) == BundleVerdict::invalid);
    CHECK(with(name, R"({"index":-0,)" + inside) == BundleVerdict::invalid);
    CHECK(with(name, R"({"aa":9007199254740993,)" + inside) == BundleVerdict::invalid);
    CHECK(with(name, R"({"aa":"\ud800",)" + inside) == BundleVerdict::invalid);
    CHECK(with(name, R"({"aa":"\udc00\ud800",)" + inside) == BundleVerdict::invalid);
    CHECK(with(name, "{\"aa\":\"\xed\xa0\x80\"," + inside) == BundleVerdict::invalid);
    CHECK(with(name, "{\"aa\":\"\xc0\xaf\"," + inside) == BundleVerdict::invalid);
    CHECK(with(name, R"({"aa":)" + std::string(100'000, '[') + std::string(100'000, ']') + "," + inside) ==
          BundleVerdict::invalid);
    CHECK(with(name, std::string(1'000'000, '{')) == BundleVerdict::invalid);
    CHECK(with(name, "\xef\xbb\xbf" + text) == BundleVerdict::invalid);
    CHECK(with(name, " " + text) == BundleVerdict::invalid);
    CHECK(with(name, text + std::string(1, '\0')) == BundleVerdict::invalid);
    CHECK(with(name, "") == BundleVerdict::invalid);
  }
  CHECK(with("certificate.json", replaced(text_of("certificate.json"), R"("destroyed":16)",
                                          R"("destroyed":16.0)")) == BundleVerdict::invalid);
}

TEST_CASE("a file beyond the limit is refused unread, in memory and on a disk") {
  const test::TemporaryFolder scratch;
  const std::string folder = scratch.path() + "/bundle";
  for (const auto& [name, bytes] : bundle()) {
    auto files = bundle();
    files[name].resize(kMaxBundleFileBytes + 1);
    INFO(name);
    CHECK(verify_bundle(files, maker().anchor()).verdict == BundleVerdict::invalid);
  }
  REQUIRE(write_bundle(folder, bundle()));
  REQUIRE(test::run_shell("truncate -s 20G bundle/certificate.json", scratch.path()) == 0);  // takes no room
  CHECK_FALSE(read_bundle(folder));
}

TEST_CASE("VERIFY.txt has ten commands, with waivers too; the text of the first edition is still accepted") {
  auto input = maker().keyring_input();
  input.waivers = {maker().waiver(maker().world().approver_1, "R11"),
                   maker().waiver(maker().world().witness, "R12")};
  auto files = maker().bundle(input);
  CHECK(verify_commands(as_text(files.at("VERIFY.txt")))->size() == 10);
  CHECK(verify_bundle(files, maker().anchor()).verdict == BundleVerdict::valid);
  VerifyTextInput first{
      .at = kNow + 60'000, .stamped = true, .trust = {}, .keyring = true, .waivers = true, .edition = 1};
  files["VERIFY.txt"] = to_bytes(verify_text(first));
  CHECK(verify_commands(as_text(files.at("VERIFY.txt")))->size() == 11);
  CHECK(verify_bundle(files, maker().anchor()).verdict == BundleVerdict::valid);
}

TEST_CASE("VERIFY.txt holds today, and with the clock of the day three and twenty years on") {
  auto input = maker().keyring_input();
  input.waivers = {maker().waiver(maker().world().approver_1, "R11")};
  const test::TemporaryFolder scratch;
  int number = 0;
  for (const auto& files : {maker().bundle(maker().medium_input()), maker().bundle(input),
                            maker().bundle(maker().scheduled_input())}) {
    const std::string folder = scratch.path() + "/" + std::to_string(number++);
    REQUIRE(write_bundle(folder, files));
    const auto commands = verify_commands(as_text(files.at("VERIFY.txt"))).value();
    REQUIRE(commands.size() <= 10);
    for (const std::string clock : {"", "2029-01-15 12:00:00", "2046-01-15 12:00:00"}) {
      for (const auto& command : commands) {
        // The file of commands is what runs, by the bash that a stranger has.
        REQUIRE(write_file_atomically(scratch.path() + "/command", as_bytes(command + "\n")));
        std::string output;
        const int code = test::run_shell(
            (clock.empty() ? std::string() : "faketime '" + clock + "' ") + "bash -o pipefail ../command",
            folder, &output);
        INFO(clock << ": " << command << "\n" << output);
        CHECK(code == 0);
      }
    }
  }
  std::string year;
  REQUIRE(test::run_shell("faketime '2046-01-15 12:00:00' date +%Y", scratch.path(), &year) == 0);
  CHECK(year == "2046\n");
}
