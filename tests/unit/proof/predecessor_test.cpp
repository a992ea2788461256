// A certificate in the place of another one: signed, in the ledger and stamped as any other, by the word of
// two.
#include "proof/predecessor.hpp"

#include <catch2/catch.hpp>
#include <functional>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/file.hpp"
#include "proof/certificate.hpp"
#include "proof/documents.hpp"
#include "tests/support/bundle_maker.hpp"
#include "tests/unit/proof/made_in_tests.hpp"

using namespace quietus;
using namespace quietus::proof;
using quietus::test::BundleMaker;
using quietus::test::kNow;
using quietus::test::SigningWorld;

namespace {

CertificateInput replaced(const CertificateInput& before, Replacement reason) {
  return maker().in_place_of(before, as_bytes("its certificate.json"), reason);
}

/// The first person's word said otherwise, by the same person.
void say_in_word(CertificateInput& input, const std::function<void(Attestation&)>& change) {
  EnteredWord& word = input.predecessor->words.front();
  Attestation said = decode_attestation(word.statement.payload).value();
  change(said);
  word.statement = maker().world().approver_1.sign(encode(said));
}

const Check& check_of(const VerifyReport& report, std::string_view id) {
  return *std::ranges::find(report.checks, id, &Check::id);
}

std::vector<CertificateInput> of_every_kind() {
  return {maker().medium_input(), maker().key_input(), maker().keyring_input(), maker().scheduled_input()};
}

}  // namespace

TEST_CASE("a correction is a certificate as any other, and names the one whose place it takes") {
  for (const auto& before : of_every_kind()) {
    const auto report =
        verify_bundle(maker().bundle(replaced(before, Replacement::corrected)), maker().anchor());
    for (const auto& check : report.checks) {
      INFO(check.id << ": " << check.detail);
      CHECK(check.ok);
    }
    CHECK(report.verdict == BundleVerdict::valid);
    REQUIRE(report.subject->predecessor);
    CHECK(report.subject->predecessor->certificate_id == before.certificate_id);
    CHECK(report.subject->predecessor->sha256 == sha256("its certificate.json"));
    CHECK_THAT(report.subject->predecessor->line.en, Catch::Contains("takes the place of certificate") &&
                                                         Catch::Contains("Li Na") &&
                                                         Catch::Contains("counted twice"));
  }
}

TEST_CASE("a withdrawal says nothing of the destruction, is genuine and is never valid") {
  for (const auto& before : of_every_kind()) {
    const auto files = maker().bundle(replaced(before, Replacement::withdrawn));
    const auto json = Json::parse(as_text(files.at("certificate.json")), 1 << 24).value();
    CHECK(*json.find("type")->string() == kWithdrawalType);
    for (const char* claim :
         {"sanitization", "verification", "act", "standards", "rests_on", "areas_not_covered"})
      CHECK(json.find(claim) == nullptr);
    auto report = verify_bundle(files, maker().anchor());
    for (const auto& check : report.checks) {
      INFO(check.id << ": " << check.detail);
      CHECK(check.ok);
    }
    CHECK(report.verdict == BundleVerdict::withdrawal);
    CHECK(report.subject->kind == "withdrawal");
    CHECK_FALSE(report.subject->keyring);
    check_receipt(report, encode(*BundleMaker::receipts().receipt({7}, "cert-0003-withdrawn")));
    CHECK(report.verdict == BundleVerdict::invalid);
    CHECK(verify_bundle(files, std::nullopt).verdict == BundleVerdict::consistent_issuer_not_established);
    CHECK(verify_bundle(maker().bundle(replaced(before, Replacement::withdrawn), false), maker().anchor())
              .verdict == BundleVerdict::incomplete);
  }
}

TEST_CASE("stock tools check the words because of which it takes another's place") {
  for (const auto& before : {maker().key_input(), maker().scheduled_input()}) {
    for (const auto reason : {Replacement::corrected, Replacement::withdrawn}) {
      const test::TemporaryFolder folder;
      const std::string in = folder.path() + "/b";
      const auto files = maker().bundle(replaced(before, reason));
      REQUIRE(write_bundle(in, files));
      const auto commands = verify_commands(as_text(files.at("VERIFY.txt"))).value();
      for (const auto& command : commands) {
        std::string output;
        const int status = test::run_shell(command, in, &output);
        INFO(command << "\n" << output);
        CHECK(status == 0);
      }
      REQUIRE(
          test::run_shell(
              R"(sed -i 's/"entered":"2026[^"]*"/"entered":"2020-01-03T00:00:00.000Z"/g' certificate.json)",
              in) == 0);
      CHECK(test::run_shell(commands.back(), in) != 0);
    }
  }
}

TEST_CASE("without the word of two departments about this very certificate none takes its place") {
  struct Deviation {
    const char* reason;
    std::function<void(CertificateInput&)> apply;
  };
  const auto said = [](const std::function<void(Attestation&)>& change) {
    return [change](CertificateInput& input) { say_in_word(input, change); };
  };
  const std::vector<Deviation> deviations{
      {"fewer than two people", [](auto& in) { in.predecessor->words.pop_back(); }},
      {"fewer than two people", [](auto& in) { in.predecessor->words.clear(); }},
      {"one person speaks twice",
       [](auto& in) { in.predecessor->words.push_back(in.predecessor->words.front()); }},
      {"another case", said([](auto& a) { a.case_id = *CaseId::parse("case-2"); })},
      {"another holding", said([](auto& a) { a.subject.id = "disk-9"; })},
      {"another certificate", said([](auto& a) { a.fields["certificate"] = "cert-9999"; })},
      {"another certificate", [](auto& in) { in.predecessor->certificate_id = "cert-9999"; }},
      {"another outcome", said([](auto& a) { a.fields["outcome"] = "corrected"; })},
      {"another outcome", [](auto& in) { in.predecessor->reason = Replacement::corrected; }},
      {"about no certificate", said([](auto& a) { a.kind = "waiver"; })},
      {"another person signed", said([](auto& a) { a.person = *PersonId::parse("p-0005"); })},
      {"without a reason", said([](auto& a) { a.fields["reason"].clear(); })},
      {"is not named", [](auto& in) { in.predecessor->certificate_id.clear(); }},
      {"is not named", [](auto& in) { in.predecessor->sha256 = {}; }},
      {"in the ledger's order", [](auto& in) { in.predecessor->words.back().entered = kNow + -kHour; }},
      {"signature", [](auto& in) { in.predecessor->words.front().statement.signature.back() ^= 1; }},
      {"since format 3", [](auto& in) { in.format = 2; }},
  };
  for (const auto& deviation : deviations) {
    auto given = replaced(maker().key_input(), Replacement::withdrawn);
    given.completion = LedgerPosition{1, sha256("leaf")};
    CHECK(refusal(given) == "made");
    deviation.apply(given);
    INFO(deviation.reason << " / " << refusal(given));
    CHECK((refusal(given).find(deviation.reason) != std::string::npos || given.format == 2));
    CHECK(refusal(given) != "made");
  }
}

TEST_CASE("a word of somebody whom the people authority does not know, or not then, takes nobody's place") {
  const auto strangers = SigningWorld::make();
  const auto before = maker().key_input();
  auto given = replaced(before, Replacement::corrected);
  given.predecessor->words[0].statement =
      maker().replacing_word(strangers.approver_1, before, Replacement::corrected);
  CHECK_FALSE(check_of(verify_bundle(maker().bundle(given), maker().anchor()), "chains").ok);
  given = replaced(before, Replacement::corrected);
  given.predecessor->words[0].entered = kNow + -24 * 365 * kHour;
  CHECK_FALSE(check_of(verify_bundle(maker().bundle(given), maker().anchor()), "chains").ok);
}

TEST_CASE("an issuer whose ledger says something else than the certificate is found out") {
  const auto given = replaced(maker().key_input(), Replacement::corrected);
  for (const auto& twist :
       std::vector<std::function<void(Json&)>>{[](Json& body) { body["predecessor"] = "cert-9999"; },
                                               [](Json& body) { body["outcome"] = "withdrawn"; },
                                               [](Json& body) { body["holding"] = "disk-9"; }}) {
    test::BundleTwists twists;
    twists.issue_body = twist;
    const auto report =
        verify_bundle(*assemble_bundle(maker().certify(given, true, twists)), maker().anchor());
    CHECK_FALSE(check_of(report, "issued").ok);
  }
  test::BundleTwists as_the_first;
  as_the_first.issue_type = "certificate.forged";
  CHECK_FALSE(
      check_of(verify_bundle(*assemble_bundle(maker().certify(given, true, as_the_first)), maker().anchor()),
               "issued")
          .ok);
}

TEST_CASE(
    "bundles of format 2 verify as they did, and a newer format than this is one that cannot be checked") {
  const std::string folder = QUIETUS_SOURCE_DIR "/tests/golden/bundle-format-2";
  const auto text = read_text(folder + "/root.fingerprint").value();
  const auto root = parse_anchor(as_bytes(std::string_view(text).substr(0, text.find('\n')))).value();
  for (const char* name : {"/medium", "/scheduled"}) {
    const auto files = read_bundle(folder + name).value();
    const auto report = verify_bundle(files, root);
    for (const auto& check : report.checks) {
      INFO(check.id << ": " << check.detail);
      CHECK(check.ok);
    }
    CHECK(report.verdict == BundleVerdict::valid);
    CHECK(read_certificate(files.at("certificate.json")).value().format == 2);
  }
}
