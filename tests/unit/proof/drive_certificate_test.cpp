// A drive that erased itself: what is certified, and what is found out although everybody signed it.
#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "proof/bundle.hpp"
#include "proof/drive_run.hpp"
#include "tests/support/drive_story.hpp"
#include "tests/unit/proof/made_in_tests.hpp"

using namespace quietus;
using namespace quietus::proof;
using test::Behaviour;
using test::BundleMaker;
using test::drive_story;
using test::DriveOptions;
using test::MediumStory;
using test::SigningWorld;

namespace {

std::string refusal(const MediumStory& story) {
  const auto made = make_certificate(maker().medium_input(story));
  return made ? "certified" : made.error().message;
}

/// Signed and counted as a success, whatever the drive did.
std::string refusal_of(Behaviour behaviour, std::string_view technique = "nvme-sanitize-block") {
  return refusal(drive_story(maker(), technique, {.behaviour = behaviour}));
}

bool says(const std::string& text, std::string_view words) { return text.find(words) != std::string::npos; }

std::string at(const Json& json, std::initializer_list<std::string_view> path) {
  const Json* found = &json;
  for (const auto name : path) found = found->find(name);
  return *found->string();
}

/// The evidence cites the transcript as it is now.
MediumStory cited_again(MediumStory story) {
  story.evidence.drive->transcript = sha256(story.transcript);
  return story;
}

MediumStory with_transcript(const std::function<void(std::string&)>& change) {
  auto story = drive_story(maker());
  change(story.transcript);
  return cited_again(std::move(story));
}

}  // namespace

TEST_CASE("a drive that was sanitized is certified as Purge, with what it was sent and what it answered") {
  const auto bundle = maker().bundle(maker().drive_input());
  const auto report = verify_bundle(bundle, maker().anchor());
  for (const auto& check : report.checks) {
    INFO(check.id << ": " << check.detail);
    CHECK(check.ok);
  }
  CHECK(report.verdict == BundleVerdict::valid);
  REQUIRE(report.subject->drive.size() == 1);
  CHECK(says(report.subject->drive[0].en,
             "was sent sanitize-block (CDW10 00000002h). Its answer: Success (0000h)"));
  CHECK(says(report.subject->drive[0].en, "Of 64 markers written before, 0 were found afterwards"));
  const auto json = Json::parse(as_text(bundle.at("certificate.json")), 1 << 24).value();
  CHECK(at(json, {"sanitization", "method"}) == "purge");
  CHECK(at(json, {"sanitization", "drive", "serial"}) == "QT0001");
  const auto transcript = from_base64(at(json, {"sources", "transcript"})).value();
  CHECK(at(json, {"sanitization", "drive", "transcript"}) == hex(sha256(transcript)));
  CHECK_FALSE(json.find("areas_not_covered")->array()->empty());
}

TEST_CASE("every command of the table is certified as what the table says, a format as Clear") {
  for (const auto* technique : {"nvme-sanitize-block", "nvme-sanitize-crypto", "nvme-sanitize-overwrite",
                                "nvme-format-user-data", "nvme-format-crypto"}) {
    const auto made = make_certificate(maker().medium_input(drive_story(maker(), technique)));
    INFO(technique << (made ? "" : made.error().message));
    REQUIRE(made);
    const bool format = std::string_view(technique).starts_with("nvme-format");
    CHECK(at(Json::parse(as_text(*made), 1 << 24).value(), {"sanitization", "method"}) ==
          (format ? "clear" : "purge"));
  }
  auto format = drive_story(maker(), "nvme-format-crypto");
  format.plan.claim = SanitizationMethod::purge;
  CHECK(says(refusal(format), "does not claim what its command can"));
  format = drive_story(maker(), "nvme-format-crypto");
  format.line.least_claim = SanitizationMethod::purge;
  format.order.lines = {format.line};
  CHECK(says(refusal(format), "less was done than the order asks for"));
}

TEST_CASE("a transcript that ends in no success of the command sent is no certificate, whoever signed one") {
  CHECK(says(refusal_of(Behaviour::fails_midway), "failed"));
  CHECK(says(refusal_of(Behaviour::stale_success), "has not succeeded (pending, no end of it was read"));
  CHECK(says(refusal_of(Behaviour::wrong_word), "has not succeeded (foreign"));
  CHECK(says(refusal_of(Behaviour::refuses), "has not succeeded (refused"));
  CHECK(says(refusal_of(Behaviour::stuck), "has not succeeded"));
  CHECK(says(refusal_of(Behaviour::refuses, "nvme-format-user-data"), "has not succeeded (refused"));
  CHECK(refusal_of(Behaviour::deallocates) == "certified");  // SSTAT 4 is a success
}

TEST_CASE("a transcript that was cut, exchanged or is of another drive or command is no certificate") {
  CHECK(says(refusal(with_transcript([](std::string& t) { t = "{\"transcript\":\"quietus.nvme/1\"}\n"; })),
             "the command was not sent"));
  CHECK(says(refusal(with_transcript([](std::string& t) { t.clear(); })), "certificate's sources"));
  CHECK(says(refusal(with_transcript([](std::string& t) {
               const auto last = t.rfind(R"({"answer")");  // a health log; before it the terminal log
               t.resize(t.rfind(R"("cdw":["007f0081")", last));
               t.resize(t.rfind('\n') + 1);
             })),
             "has not succeeded (pending"));
  auto other = drive_story(maker());
  other.transcript = drive_story(maker(), "nvme-sanitize-crypto").transcript;
  CHECK(says(refusal(other), "cites another transcript"));
  CHECK(says(refusal(cited_again(other)), "another command was sent"));
  other = drive_story(maker());
  other.transcript = drive_story(maker(), "nvme-sanitize-block", {.serial = "QT0002"}).transcript;
  CHECK(says(refusal(cited_again(other)), "about another drive"));
  other = drive_story(maker());
  other.evidence.drive->word = 4;
  CHECK(says(refusal(other), "another command word"));
}

TEST_CASE("markers that are left, unread or were never written are no certificate") {
  const auto bent = [](const std::function<void(Evidence&)>& bend) {
    auto story = drive_story(maker());
    bend(story.evidence);
    return refusal(story);
  };
  CHECK(bent([](auto&) {}) == "certified");
  CHECK(says(bent([](auto& e) { e.drive->surviving = 1; }), "the drive lies"));
  CHECK(says(bent([](auto& e) { e.drive->unreadable = 1; }), "nor be called gone"));
  CHECK(says(bent([](auto& e) { e.drive->marker_seed = {}; }), "no markers were written"));
  CHECK(says(bent([](auto& e) { e.drive->markers = 63; }), "not every marker"));
  CHECK(says(bent([](auto& e) { e.blocks_matching = 63; }), "in two ways"));
  CHECK(says(bent([](auto& e) { e.drive->outcome = "failed"; }), "did not see"));
  CHECK(says(bent([](auto& e) { e.drive->command = "sanitize-crypto"; }), "another command than the plan's"));
  CHECK(says(bent([](auto& e) { e.drive.reset(); }), "no command of the drive"));
  CHECK(says(bent([](auto& e) { e.bytes_overwritten = 1; }), "count different bytes"));
  CHECK(says(bent([](auto& e) { e.verdict = Verdict::failed; }), "verdict is not verified"));
}

TEST_CASE("a plan that hides what its command does not reach, or cites another clause, is no certificate") {
  auto story = drive_story(maker());
  story.plan.areas_not_covered.pop_back();
  CHECK(says(refusal(story), "leaves out an area"));
  story = drive_story(maker());
  story.plan.clause = "NIST SP 800-88r2 §2.5 (Destroy)";
  CHECK(says(refusal(story), "another clause"));
  story = drive_story(maker());
  story.evidence.areas_not_covered.pop_back();
  CHECK(says(refusal(story), "missing from the evidence"));
}

TEST_CASE("an overwrite has neither a drive's run nor a transcript") {
  auto story = maker().medium_story();
  story.evidence.drive = drive_story(maker()).evidence.drive;
  CHECK(refusal(story) != "certified");
  story = maker().medium_story();
  story.transcript = "something";
  CHECK(says(refusal(story), "an overwrite has no transcript"));
}

TEST_CASE("the format before knows overwrites, reads as it was, and no command of a drive") {
  const auto older = [](const CertificateInput& input) {
    std::string text(as_text(make_certificate(input).value()));
    text.replace(text.rfind("destruction/3"), 13, "destruction/2");
    return read_certificate(to_bytes(text));
  };
  const auto overwrite = older(maker().medium_input());
  INFO((overwrite ? "" : overwrite.error().message));
  REQUIRE(overwrite);
  CHECK(overwrite->format == 2);
  const auto drive = older(maker().drive_input());
  REQUIRE_FALSE(drive);
  CHECK(says(drive.error().message, "knows no command of a drive"));
  auto again = *overwrite;
  CHECK_FALSE(make_certificate(again));  // and is not issued
}
