// An order that asks for Purge, through the whole house: a drive that obeys ends in a certificate that a
// stranger calls valid; one that lies, or a daemon that does, ends in none.
#include <catch2/catch.hpp>

#include "base/encoding.hpp"
#include "eraser/method/firmware_method.hpp"
#include "proof/documents.hpp"
#include "proof/statement.hpp"
#include "tests/integration/drive_order/world.hpp"

using namespace quietus;
using test::Behaviour;
using test::DriveOrder;

namespace {

constexpr std::int64_t kQuick = 20;  // milliseconds that a drive takes

bool says(const std::string& text, std::string_view words) { return text.find(words) != std::string::npos; }

/// An eraser that does not go the way of the eraser: it speaks to agent and kms as it likes.
struct Rogue {
  explicit Rogue(DriveOrder& in) : around(in) {}

  Plan plan(std::string_view technique, const DeviceIdentity& identity) {
    Plan plan;
    eraser::plan_by(*eraser::find_firmware_method(technique), plan);
    plan.length_bytes = identity.size_bytes;
    return plan;
  }
  /// Facts by the agent, a mandate by kms for the plan as it was bent.
  Result<eraser::GivenMandate> mandate(const std::function<void(Plan&)>& bend) {
    QUIETUS_TRY(facts, agent.open(around.image));
    facts_ = facts;
    QUIETUS_TRY(read, proof::decode_facts(facts.payload));
    auto wanted = plan("nvme-sanitize-block", read.identity);
    bend(wanted);
    return kms.request_mandate(*HoldingId::parse(around.holding), facts, wanted);
  }
  EraserReport report(const SignedStatement& given) {
    EraserReport report;
    report.order = *OrderId::parse(around.order);
    report.holding = *HoldingId::parse(around.holding);
    report.mandate_digest = proof::statement_digest(given);
    report.tool = "rogue";
    report.io_mode = "none";
    report.started = report.finished = test::kNow;
    return report;
  }

  DriveOrder& around;
  eraser::AgentClient agent = eraser::AgentClient::connect(around.settings.agent_socket).value();
  eraser::KmsClient kms = eraser::KmsClient::create(around.settings).value();
  SignedStatement facts_;
};

void check_no_certificate(DriveOrder& around) {
  const auto bundle = around.bundle();
  CHECK_FALSE(bundle);
  CHECK(around.line_state() != "certified");
}

}  // namespace

TEST_CASE("an order for Purge ends in a certificate of Purge that a stranger calls valid") {
  DriveOrder around({.sanitize_ms = kQuick});
  const auto verdict = around.run();
  INFO((verdict ? "" : verdict.error().message));
  REQUIRE(verdict);
  CHECK(*verdict == Verdict::verified);
  CHECK(around.drive->sanitizes == 1);
  CHECK(around.erased());
  const auto bundle = around.bundle();
  INFO((bundle ? "" : bundle.error().message));
  REQUIRE(bundle);
  const auto report = around.verified(*bundle);
  for (const auto& check : report.checks) {
    INFO(check.id << ": " << check.detail);
    CHECK(check.ok);
  }
  CHECK(report.verdict == proof::BundleVerdict::valid);
  const auto json = Json::parse(as_text(bundle->at("certificate.json")), 1 << 24).value();
  CHECK(*json.find("sanitization")->find("method")->string() == "purge");
  CHECK(says(report.subject->drive.at(0).en, "was sent sanitize-block"));
  CHECK(around.line_state() == "certified");
}

TEST_CASE("a drive that lies or fails in whatever way ends the line as failed, and nothing is certified") {
  const std::vector<std::pair<Behaviour, std::string>> faults = {
      {Behaviour::lies, "the drive lies"},
      {Behaviour::fails_midway, "failed"},
      {Behaviour::stuck, "has stood at"},
      {Behaviour::stale_success, "only shows what was there before"},
      {Behaviour::wrong_word, "SCDW10 differs"},
      {Behaviour::refuses, "the drive refuses"}};
  for (const auto& [behaviour, why] : faults) {
    DriveOrder around({.behaviour = behaviour, .sanitize_ms = kQuick});
    around.carry_out();
    INFO(why << " / " << around.line_failure());
    CHECK(around.line_state() == "failed");
    CHECK(says(around.line_failure(), why));
    check_no_certificate(around);
    if (behaviour == Behaviour::lies) CHECK_FALSE(around.erased());
  }
}

TEST_CASE(
    "a drive without a sanitize command is refused Purge with every reason, and nothing is sent to it") {
  DriveOrder around({.sanicap = 0});
  const auto refused = around.run();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::denied);
  for (const auto* words :
       {"overwriting a disk_image is clear at best", "nvme-sanitize-block: the drive does not",
        "nvme-sanitize-crypto: the drive does not", "nvme-sanitize-overwrite: the drive",
        "nvme-format-crypto: it is clear at best"})
    CHECK(says(refused.error().message, words));
  CHECK(around.drive->sanitizes == 0);
  check_no_certificate(around);
}

TEST_CASE("where Clear is asked the medium is overwritten, unless a command of the drive is preferred") {
  DriveOrder plain({.sanitize_ms = kQuick}, SanitizationMethod::clear);
  plain.settings.drive_commands = eraser::DriveCommands::preferred;
  REQUIRE(plain.run().value() == Verdict::verified);
  CHECK(plain.drive->sanitizes == 1);
  REQUIRE(plain.bundle());
  DriveOrder never({.sanitize_ms = kQuick});
  never.settings.drive_commands = eraser::DriveCommands::never;
  CHECK(says(never.run().error().message, "the order demands purge"));
  CHECK(never.drive->sanitizes == 0);
}

TEST_CASE(
    "an eraser and an agent that go away while the drive works come back to one command, and certify it") {
  DriveOrder around({.sanitize_ms = 600});
  const auto stopped = around.run([&] { return around.drive->sanitizes > 0; });
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().kind == ErrorKind::unavailable);
  around.agent->stop();
  around.agent->start();
  const auto verdict = around.run();
  INFO((verdict ? "" : verdict.error().message));
  REQUIRE(verdict);
  CHECK(*verdict == Verdict::verified);
  CHECK(around.drive->sanitizes == 1);
  const auto bundle = around.bundle();
  INFO((bundle ? "" : bundle.error().message));
  REQUIRE(bundle);
  CHECK(around.verified(*bundle).verdict == proof::BundleVerdict::valid);
}

TEST_CASE("an eraser that claims more than its plan can, or hides what it leaves, gets no mandate") {
  const std::vector<std::function<void(Plan&)>> bends = {
      [](Plan& p) { p.technique_id = "nvme-format-crypto"; },
      [](Plan& p) {
        p.technique_id = "overwrite-zeros";
        p.pattern = OverwritePattern::zeros;
      },
      [](Plan& p) { p.technique_id = "degauss"; },
      [](Plan& p) { p.claim = SanitizationMethod::destroy; },
      [](Plan& p) { p.claim = SanitizationMethod::clear; },
      [](Plan& p) { p.areas_not_covered = {"nothing"}; },
      [](Plan& p) { p.length_bytes /= 2; }};
  DriveOrder around;
  for (const auto& bend : bends) {
    Rogue rogue(around);
    const auto given = rogue.mandate(bend);
    REQUIRE_FALSE(given);
    CHECK(says(given.error().message, "plan"));
  }
  CHECK(around.line_state() == "pending");
}

TEST_CASE(
    "an eraser that reports success for a drive that was never asked gets no evidence and no certificate") {
  DriveOrder around({.sanitize_ms = kQuick});
  Rogue rogue(around);
  const auto given = rogue.mandate([](Plan&) {}).value();
  REQUIRE(rogue.agent.mandate(given.mandate, given.order, given.approvals));
  const auto report = rogue.report(given.mandate);
  const HoldingId holding = *HoldingId::parse(around.holding);
  const auto sample = rogue.kms.request_sample(holding, report).value();
  // The agent has sent the drive nothing: it signs nothing.
  const Digest digest = sha256(proof::encode(report));
  CHECK(rogue.agent.sample(sample, digest, 0).error().kind == ErrorKind::conflict);
  // What it signs itself is not the agent's word.
  Evidence forged;
  forged.host = *HostId::parse("host-1");
  forged.boot_id = "boot-1";
  forged.mandate_digest = proof::statement_digest(given.mandate);
  forged.sample_digest = proof::statement_digest(sample);
  forged.eraser_report_digest = digest;
  forged.identity = around.appliance.device;
  forged.verdict = Verdict::verified;
  forged.commands = {"none"};
  forged.areas_not_covered = {"none"};
  forged.started = forged.finished = test::kNow;
  forged.drive = DriveRun{"sanitize-block", 2, "succeeded", sha256(""), sha256("seed"), 64, 0, 0};
  const auto theirs = around.appliance.world.proposer.sign(proof::encode(forged));
  CHECK(rogue.kms.accept_evidence(holding, theirs).error().kind == ErrorKind::verification_failed);
  auto stolen = around.appliance.world.proposer.sign(proof::encode(forged));
  stolen.certificate = around.appliance.world.host.certificate.der();
  CHECK(rogue.kms.accept_evidence(holding, stolen).error().kind == ErrorKind::verification_failed);
  // Not even the agent's key makes a success of a transcript that shows none.
  const auto signed_by_agent = around.appliance.world.host.sign(proof::encode(forged));
  CHECK(rogue.kms.accept_evidence(holding, signed_by_agent).error().kind == ErrorKind::verification_failed);
  CHECK(around.drive->sanitizes == 0);
  check_no_certificate(around);
}

TEST_CASE(
    "an eraser that withholds or exchanges the transcript gets no certificate, and the right one does") {
  DriveOrder around({.sanitize_ms = kQuick});
  Rogue rogue(around);
  const auto given = rogue.mandate([](Plan&) {}).value();
  REQUIRE(rogue.agent.mandate(given.mandate, given.order, given.approvals));
  while (!rogue.agent.erase().value().over) usleep(5000);
  const auto report = rogue.report(given.mandate);
  const HoldingId holding = *HoldingId::parse(around.holding);
  const auto sample = rogue.kms.request_sample(holding, report).value();
  const auto evidence = rogue.agent.sample(sample, sha256(proof::encode(report)), 0).value();
  REQUIRE_FALSE(evidence.transcript.empty());
  CHECK_FALSE(rogue.kms.accept_evidence(holding, evidence.statement));
  auto other = evidence.transcript;
  other[other.size() / 2] ^= 1;
  CHECK_FALSE(rogue.kms.accept_evidence(holding, evidence.statement, other));
  CHECK_FALSE(around.bundle());
  CHECK(rogue.kms.accept_evidence(holding, evidence.statement, evidence.transcript).value() ==
        Verdict::verified);
  CHECK(around.bundle());
}
