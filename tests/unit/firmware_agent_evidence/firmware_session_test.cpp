#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <thread>

#include "base/encoding.hpp"
#include "eraser/method/firmware_method.hpp"
#include "firmware-agent/evidence/listing.hpp"
#include "firmware-agent/nvme/replay.hpp"
#include "firmware-agent/nvme/retrace.hpp"
#include "proof/drive_run.hpp"
#include "tests/support/agent_world.hpp"
#include "tests/support/nvme_drive/image_drive.hpp"

using namespace quietus;
using namespace quietus::agent;
using test::AgentWorld;
using test::Behaviour;

namespace {

namespace fs = std::filesystem;

void by_firmware(Plan& plan, std::string_view id) {
  eraser::plan_by(*eraser::find_firmware_method(id), plan);
}

struct World : AgentWorld {
  explicit World(test::DriveOptions options = {}) : drive(std::make_shared<test::DriveMemory>()) {
    options.serial = options.model = "";  // an image has neither, and the two must agree
    drive->options = std::move(options);
  }
  [[nodiscard]] Session firmware_session() {
    SessionSettings settings{
        *HostId::parse("host-1"),
        world().host.certificate,
        world().host.signer(),
        trust(),
        {{media.path()}},
        [this] { return now; },
        [this] { return boot_ms; },
        test::admin_queue_of(drive),
        {.first_poll_ms = 1, .longest_poll_ms = 5, .log_lag_ms = 200, .silence_ms = 200}};
    return {std::move(settings), AgentMemory::open(state.path(), "boot-1").value()};
  }
  /// open and mandate for a method; the mandate's statement.
  SignedStatement mandated(Session& session, std::string_view id) {
    const auto facts = session.open(image).value();
    const auto package =
        this->package(facts, {.order = [](Order& o) { o.lines[0].least_claim = SanitizationMethod::clear; },
                              .mandate = [&](Mandate& mandate) { by_firmware(mandate.plan, id); }});
    REQUIRE(session.accept_mandate(package));
    return package.mandate;
  }
  std::shared_ptr<test::DriveMemory> drive;
};

void wait_for_drive(Session& session) {
  for (int i = 0; i < 2000; ++i) {
    const auto at = session.erase();
    REQUIRE(at);
    if (at->over) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  FAIL("the drive does not come to an end");
}

Evidence evidence_after(World& around, std::string_view id) {
  auto session = around.firmware_session();
  const auto mandate = around.mandated(session, id);
  wait_for_drive(session);
  const auto statement = session.give_evidence(AgentWorld::sample_for(mandate), {}).value();
  CHECK(session.state() == State::idle);
  CHECK(proof::verify_signature(statement));
  return proof::decode_evidence(statement.payload).value();
}

bool mentions(const Evidence& evidence, std::string_view words) {
  return std::ranges::any_of(evidence.commands,
                             [&](const auto& line) { return line.find(words) != std::string::npos; });
}

}  // namespace

TEST_CASE("a drive that lies about a sanitize gets signed evidence of failure") {
  World around({.behaviour = Behaviour::lies, .sanitize_ms = 20});
  const auto evidence = evidence_after(around, "nvme-sanitize-block");
  CHECK(evidence.verdict == Verdict::failed);
  CHECK(evidence.blocks_read == 64);
  CHECK(evidence.blocks_matching == 0);
  CHECK(evidence.failure.find("the drive lies") != std::string::npos);
}

TEST_CASE(
    "every firmware method under a mandate is verified on an honest drive, with command and transcript") {
  for (const auto& method : eraser::firmware_methods()) {
    World around({.sanitize_ms = 20});
    const auto evidence = evidence_after(around, method.id);
    CHECK(evidence.verdict == Verdict::verified);
    CHECK(evidence.blocks_read == 64);
    CHECK(evidence.blocks_matching == 64);
    CHECK(evidence.bytes_overwritten == 0);
    CHECK(mentions(evidence,
                   method.drive_command.starts_with("format") ? R"("opcode":"80")" : R"("opcode":"84")"));
    CHECK(mentions(evidence, "-> Success (0000h)"));
    for (const auto& entry : fs::directory_iterator(around.state.path() + "/nvme")) {
      const auto text = read_text(entry.path()).value();
      CHECK(mentions(evidence,
                     "transcript " + entry.path().filename().string() + " sha256 " + hex(sha256(text))));
      CHECK(nvme::ReplayedDrive::of(text).value().left() > 5);
    }
  }
}

TEST_CASE("whatever else a drive does wrong is failure too") {
  for (const auto behaviour :
       {Behaviour::fails_midway, Behaviour::stuck, Behaviour::wrong_word, Behaviour::refuses}) {
    World around({.behaviour = behaviour, .sanitize_ms = 20});
    CHECK(evidence_after(around, "nvme-sanitize-crypto").verdict == Verdict::failed);
  }
  World without({.sanicap = 2});
  CHECK(evidence_after(without, "nvme-sanitize-crypto").verdict == Verdict::failed);
  CHECK(without.drive->sanitizes == 0);
}

TEST_CASE(
    "evidence about a drive's own command cites the transcript that is given with it, and shows its claim") {
  World around({.sanitize_ms = 20});
  auto session = around.firmware_session();
  const auto mandate = around.mandated(session, "nvme-sanitize-crypto");
  const auto plan = proof::decode_mandate(mandate.payload).value().plan;
  wait_for_drive(session);
  const auto statement = session.give_evidence(AgentWorld::sample_for(mandate), {}).value();
  const auto evidence = proof::decode_evidence(statement.payload).value();
  REQUIRE(evidence.drive);
  CHECK(evidence.drive->transcript == sha256(session.transcript()));
  CHECK(evidence.drive->command == "sanitize-crypto");
  CHECK(evidence.drive->word == 4);
  CHECK(evidence.drive->outcome == "succeeded");
  CHECK(evidence.drive->markers == 64);
  CHECK(nvme::retrace(session.transcript(), "sanitize-crypto").value().outcome == nvme::Outcome::succeeded);
  CHECK(proof::claim_shown(plan, evidence, session.transcript()).value() == SanitizationMethod::purge);
  REQUIRE(session.open(around.image));
  CHECK(session.transcript().empty());
}

TEST_CASE("a drive whose own words name another one than the medium that is held is sent nothing") {
  World around({.sanitize_ms = 20});
  around.drive->options.serial = "ANOTHER";
  const auto evidence = evidence_after(around, "nvme-sanitize-block");
  CHECK(evidence.verdict == Verdict::failed);
  CHECK(evidence.failure.find("names itself otherwise") != std::string::npos);
  CHECK(around.drive->sanitizes == 0);
}

TEST_CASE(
    "kms alone, without the people's signatures or with its own in their place, has a drive erase nothing") {
  World around;
  auto session = around.firmware_session();
  const auto by_drive = [](Mandate& mandate) { by_firmware(mandate.plan, "nvme-sanitize-block"); };
  const std::vector<std::function<void(std::vector<test::Vote>&)>> quorums = {
      [](auto& votes) { votes.clear(); }, [](auto& votes) { votes.pop_back(); },
      [](auto& votes) {
        for (auto& vote : votes) vote.who = &World::world().mandate;
      }};
  for (const auto& quorum : quorums) {
    session.release();
    const auto facts = session.open(around.image).value();
    const auto status = session.accept_mandate(around.package(facts, {.votes = quorum, .mandate = by_drive}));
    REQUIRE_FALSE(status);
    CHECK(session.erase().error().kind == ErrorKind::conflict);
  }
  CHECK(around.drive->sanitizes == 0);
  session.release();
  const auto facts = session.open(around.image).value();
  REQUIRE(session.accept_mandate(around.package(facts, {.mandate = by_drive})));
}

TEST_CASE("the list says what each medium can do by itself, and nothing of one that has no commands") {
  World around({.sanicap = 2, .fna = 0});
  const GuardSettings guard{{around.media.path()}};
  const auto can_of = [&](const Json& list) -> std::string {
    for (const auto& one : *list.array()) {
      if (*one.find("identity")->find("path")->string() != around.image) continue;
      return one.find("can") == nullptr ? "none" : one.find("can")->write();
    }
    return "not listed";
  };
  CHECK(can_of(list_with_reasons(guard, test::admin_queue_of(around.drive)).value()) ==
        R"(["sanitize-block","format-user-data"])");
  CHECK(can_of(list_with_reasons(guard).value()) == "none");
}

TEST_CASE("no evidence while the drive is at work") {
  World around({.sanitize_ms = 300});
  auto session = around.firmware_session();
  const auto mandate = around.mandated(session, "nvme-sanitize-block");
  CHECK(session.give_evidence(AgentWorld::sample_for(mandate), {}).error().kind == ErrorKind::conflict);
  REQUIRE(session.erase());
  CHECK(session.give_evidence(AgentWorld::sample_for(mandate), {}).error().kind == ErrorKind::conflict);
  CHECK(session.state() == State::erasing);
  wait_for_drive(session);
  CHECK(session.give_evidence(AgentWorld::sample_for(mandate), {}));
}

TEST_CASE("a mandate for the drive lends nobody a descriptor, and one to overwrite sends the drive nothing") {
  World around;
  auto session = around.firmware_session();
  around.mandated(session, "nvme-sanitize-block");
  CHECK(session.lend().error().kind == ErrorKind::denied);
  session.release();
  const auto facts = session.open(around.image).value();
  REQUIRE(session.accept_mandate(around.package(facts)));
  CHECK(session.erase().error().kind == ErrorKind::denied);
  CHECK(session.lend());
  CHECK(around.drive->sanitizes == 0);
}

TEST_CASE("an agent that goes away while the drive works takes the operation up under a new mandate") {
  World around({.sanitize_ms = 400});
  {
    auto session = around.firmware_session();
    around.mandated(session, "nvme-sanitize-block");
    REQUIRE(session.erase());
    for (int i = 0; i < 200 && around.drive->sanitizes == 0; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  REQUIRE(around.drive->sanitizes == 1);
  const auto evidence = evidence_after(around, "nvme-sanitize-block");
  INFO(evidence.failure);
  CHECK(evidence.verdict == Verdict::verified);  // by a transcript that begins in the session before
  CHECK(around.drive->sanitizes == 1);
}

TEST_CASE("an operation under way is not taken for another command of a later mandate") {
  World around({.sanitize_ms = 400});
  {
    auto session = around.firmware_session();
    around.mandated(session, "nvme-sanitize-block");
    REQUIRE(session.erase());
    for (int i = 0; i < 200 && around.drive->sanitizes == 0; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  for (const auto* other : {"nvme-sanitize-crypto", "nvme-format-user-data"}) {
    const auto evidence = evidence_after(around, other);
    CHECK(evidence.verdict == Verdict::failed);
    CHECK(evidence.failure.find("another command") != std::string::npos);
  }
  CHECK(around.drive->sanitizes == 1);
}

TEST_CASE("a mandate that has run out begins nothing") {
  World around;
  auto session = around.firmware_session();
  around.mandated(session, "nvme-sanitize-block");
  around.boot_ms += 60'001;
  CHECK(session.erase().error().kind == ErrorKind::timed_out);
  CHECK(around.drive->sanitizes == 0);
}

TEST_CASE("a plan by firmware must say what its command can claim, and nothing else") {
  World around;
  auto session = around.firmware_session();
  const auto refusal = [&](const std::function<void(Plan&)>& bend, SanitizationMethod least) {
    session.release();
    const auto facts = session.open(around.image).value();
    const auto status = session.accept_mandate(
        around.package(facts, {.order = [&](Order& o) { o.lines[0].least_claim = least; },
                               .mandate = [&](Mandate& mandate) { bend(mandate.plan); }}));
    return status ? std::string("accepted") : std::string(to_string(status.error().kind));
  };
  const auto sanitize = [](Plan& plan) { by_firmware(plan, "nvme-sanitize-block"); };
  const auto format = [](Plan& plan) { by_firmware(plan, "nvme-format-crypto"); };
  CHECK(refusal(sanitize, SanitizationMethod::purge) == "accepted");
  CHECK(refusal(sanitize, SanitizationMethod::clear) == "accepted");
  CHECK(refusal(sanitize, SanitizationMethod::destroy) == "denied");
  CHECK(refusal(format, SanitizationMethod::clear) == "accepted");
  CHECK(refusal(format, SanitizationMethod::purge) == "denied");
  const auto bent = [&](void (*bend)(Plan&)) {
    return refusal(
        [&](Plan& plan) {
          by_firmware(plan, "nvme-format-crypto");
          bend(plan);
        },
        SanitizationMethod::clear);
  };
  CHECK(bent([](Plan& plan) { plan.claim = SanitizationMethod::purge; }) == "denied");
  CHECK(bent([](Plan& plan) { plan.pattern = OverwritePattern::zeros; }) == "denied");
  CHECK(bent([](Plan& plan) { plan.technique_id = "overwrite-zeros"; }) == "denied");
  CHECK(bent([](Plan& plan) { plan.technique_id = "degauss"; }) == "denied");
  CHECK(bent([](Plan& plan) { plan.areas_not_covered.pop_back(); }) == "denied");
  CHECK(bent([](Plan& plan) { plan.clause = "as we like"; }) == "denied");
}
