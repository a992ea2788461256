// Rules that were set aside show in every certificate of the case, with the words that people signed.
#include "proof/waivers.hpp"

#include <catch2/catch.hpp>
#include <functional>

#include "base/encoding.hpp"
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

std::vector<Waiver> two_people() {
  return {maker().waiver(maker().world().approver_1, "R11"), maker().waiver(maker().world().witness, "R11")};
}

CertificateInput waived(CertificateInput input) {
  input.waivers = two_people();
  return input;
}

/// The first waiver said otherwise, by the same person.
void say(CertificateInput& input, const std::function<void(Attestation&)>& change) {
  Waiver& waiver = input.waivers->front();
  Attestation said = decode_attestation(waiver.statement.payload).value();
  change(said);
  waiver.statement = maker().world().approver_1.sign(encode(said));
}

void check_stock_tools(const BundleFiles& files, const std::string& file, const std::string& edit) {
  const test::TemporaryFolder folder;
  REQUIRE(write_bundle(folder.path() + "/b", files));
  const auto commands = verify_commands(as_text(files.at("VERIFY.txt"))).value();
  const std::string in = folder.path() + "/b";
  for (const auto& command : commands) {
    std::string output;
    INFO(command << "\n" << output);
    CHECK(test::run_shell(command, in, &output) == 0);
  }
  REQUIRE(test::run_shell("sed -i '" + edit + "' " + file, in) == 0);
  CHECK(test::run_shell(commands.back(), in) != 0);
}

}  // namespace

TEST_CASE("a certificate prints every waiver of its case: rule, reason, signer, end, and whose word it is") {
  for (const auto& given : {maker().medium_input(), maker().key_input(), maker().keyring_input()}) {
    const auto input = waived(given);
    const auto made = make_certificate(input);
    INFO((made ? "" : made.error().message));
    REQUIRE(made);
    const Json json = *Json::parse(as_text(*made));
    const Json& waivers = *json.find("waivers");
    REQUIRE(waivers.find("entries")->array()->size() == 2);
    const Json& first = waivers.find("entries")->array()->front();
    CHECK(*first.find("rule")->string() == "R11");
    CHECK(first.find("reason")->string()->starts_with("the regulator agreed"));
    CHECK(*first.find("signer")->find("id")->string() == "p-0002");
    CHECK(*first.find("until")->string() == rfc3339(kNow + 1000 * kHour));
    CHECK(waivers.find("statement")->find("en")->string()->find("word of the key server's ledger") !=
          std::string::npos);
    CHECK(*json.find("type")->string() == kCertificateType);
    const auto read = read_certificate(*made);
    REQUIRE(read);
    CHECK(read->waivers == input.waivers);
  }
}

TEST_CASE("a certificate of a case without waivers says so, and without the section none is made") {
  auto given = maker().key_input();
  const Json json = *Json::parse(as_text(*make_certificate(given)));
  CHECK(json.find("waivers")->find("entries")->array()->empty());
  CHECK(json.find("waivers")->find("statement")->find("en")->string()->starts_with("No waiver of a rule"));
  given.waivers.reset();
  CHECK(refusal(given).find("the waivers of its case") != std::string::npos);
}

TEST_CASE("what is no waiver of the case, or is not signed as it says, is not printed: no certificate") {
  struct Deviation {
    const char* reason;
    std::function<void(CertificateInput&)> apply;
  };
  const auto said = [](const std::function<void(Attestation&)>& change) {
    return [change](CertificateInput& input) { say(input, change); };
  };
  const std::vector<Deviation> deviations{
      {"without a rule", said([](auto& a) { a.fields.erase("rule"); })},
      {"without a reason", said([](auto& a) { a.fields["reason"].clear(); })},
      {"without an end", said([](auto& a) { a.until.reset(); })},
      {"no waiver", said([](auto& a) { a.kind = "hold"; })},
      {"another case", said([](auto& a) { a.case_id = *CaseId::parse("case-2"); })},
      {"another person signed", said([](auto& a) { a.person = *PersonId::parse("p-0005"); })},
      {"had ended when", [](auto& in) { in.waivers->front().entered = kNow + 1000 * kHour; }},
      {"taken back before", [](auto& in) { in.waivers->front().taken_back = kNow + -3 * kHour; }},
      {"comes twice", [](auto& in) { in.waivers->push_back(in.waivers->front()); }},
      {"in the ledger's order", [](auto& in) { in.waivers->back().entered = kNow + -3 * kHour; }},
      {"signature", [](auto& in) { in.waivers->front().statement.signature.back() ^= 1; }},
      {"too many", [](auto& in) { in.waivers->resize(kMaxWaiversOfCase + 1, in.waivers->front()); }},
  };
  for (const auto& deviation : deviations) {
    for (auto given : {waived(maker().key_input()), waived(maker().keyring_input())}) {
      deviation.apply(given);
      INFO(deviation.reason << " / " << refusal(given));
      CHECK(refusal(given).find(deviation.reason) != std::string::npos);
    }
  }
}

TEST_CASE("a bundle shows its waivers, and stock tools check who signed them, with or without an order") {
  for (auto given : {waived(maker().keyring_input()), waived(maker().scheduled_input())}) {
    given.waivers->back().taken_back = kNow;
    const auto files = maker().bundle(given);
    const auto report = verify_bundle(files, maker().anchor());
    CHECK(report.verdict == BundleVerdict::valid);
    REQUIRE(report.subject);
    REQUIRE(report.subject->waivers.size() == 2);
    CHECK(report.subject->waivers[0].en.starts_with("waiver: rule R11, about case case-1, signed by Li Na"));
    CHECK(report.subject->waivers[1].en.find("taken back 2026-01-15T12:00:00.123Z") != std::string::npos);
    CHECK(to_json(report).find("subject")->find("waivers")->array()->size() == 2);
    check_stock_tools(files, "certificate.json",
                      R"(s/"entered":"2026[^"]*"/"entered":"2020-01-03T00:00:00.000Z"/)");
  }
}

TEST_CASE(
    "a waiver by somebody whom the people authority does not know, or did not know then, is found out") {
  const auto verdict = [](const Waiver& waiver) {
    auto given = maker().key_input();
    given.waivers = std::vector{waiver};
    return verify_bundle(maker().bundle(given), maker().anchor());
  };
  const auto chains = [](const VerifyReport& report) {
    return std::ranges::find(report.checks, "chains", &Check::id)->ok;
  };
  Waiver good = maker().waiver(maker().world().witness, "R11");
  CHECK(chains(verdict(good)));
  CHECK_FALSE(chains(verdict(maker().waiver(SigningWorld::make().witness, "R11"))));
  good.entered = kNow + -24 * 365 * kHour;  // before its certificate began
  CHECK_FALSE(chains(verdict(good)));
}

TEST_CASE("an issuer that prints other waivers than the completion cites is found out") {
  for (const bool fewer : {true, false}) {
    test::BundleTwists twists;
    twists.cited = [&](CertificateInput& input) {
      if (fewer) input.waivers->pop_back();
      if (!fewer) input.waivers->front().taken_back = kNow;
    };
    const auto given = maker().certify(waived(maker().key_input()), true, twists);
    const auto report = verify_bundle(*assemble_bundle(given), maker().anchor());
    CHECK(report.verdict == BundleVerdict::invalid);
    CHECK_FALSE(std::ranges::find(report.checks, "completion", &Check::id)->ok);
  }
}
