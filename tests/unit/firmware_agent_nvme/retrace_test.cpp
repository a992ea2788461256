#include "firmware-agent/nvme/retrace.hpp"

#include <catch2/catch.hpp>

#include "firmware-agent/nvme/erasure.hpp"
#include "firmware-agent/nvme/transcript.hpp"
#include "tests/support/nvme_drive/fake_drive.hpp"

using namespace quietus;
using namespace quietus::nvme;
using test::Behaviour;
using test::FakeDrive;

namespace {

const SanitizeRequest kBlockErase{.action = SanitizeAction::block_erase};

/// One erasure with everything that was said, also when the process dies in it and another goes on.
struct Run {
  explicit Run(test::DriveOptions options) : drive(std::move(options)) {}

  Result<ErasureReport> sanitize(const SanitizeRequest& request = kBlockErase) {
    return sanitize_namespace(tools, 1, request, sha256("seed"), {}, "O-1.H-1");
  }
  [[nodiscard]] Result<Retraced> shown(std::string_view command = "sanitize-block") const {
    return retrace(without_repeats(text).value(), command);
  }

  FakeDrive drive;
  test::FakeIntents intents;
  std::string text;
  RecordingAdmin admin{drive,
                       [this](std::string_view line) -> Status {
                         text += std::string(line) + '\n';
                         return {};
                       },
                       [this] { return drive.now_ms; }};
  ErasureTools tools{.drive = admin,
                     .open_medium = [this] { return Result<std::unique_ptr<BlockDevice>>(drive.blocks()); },
                     .intents = intents,
                     .clock_ms = [this] { return drive.now_ms; },
                     .sleep_ms = [this](std::int64_t ms) { drive.now_ms += ms; }};
};

bool says(const Result<Retraced>& shown, std::string_view words) {
  return !shown && shown.error().message.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("what a transcript shows is what the agent saw, whatever the drive does") {
  for (const auto behaviour :
       {Behaviour::correct, Behaviour::lies, Behaviour::fails_midway, Behaviour::stuck, Behaviour::power_loss,
        Behaviour::stale_success, Behaviour::deallocates, Behaviour::wrong_word, Behaviour::refuses}) {
    Run run({.behaviour = behaviour});
    const auto report = run.sanitize();
    REQUIRE(report);
    const auto shown = run.shown();
    INFO(to_string(report->outcome) << " " << report->why);
    REQUIRE(shown);
    CHECK((shown->outcome == Outcome::succeeded) == (report->outcome == Outcome::succeeded));
    CHECK(shown->word == report->word);
    CHECK(shown->controller.serial == "QT0001");
  }
}

TEST_CASE("a transcript of one command shows no other, and of two commands none") {
  Run run({});
  REQUIRE(run.sanitize());
  CHECK(run.shown("sanitize-block")->outcome == Outcome::succeeded);
  CHECK(says(run.shown("sanitize-crypto"), "another command was sent"));
  CHECK(says(run.shown("format-crypto"), "another command was sent"));
  CHECK(says(run.shown("degauss"), "no such command"));
  REQUIRE(run.sanitize());
  CHECK(says(run.shown(), "more was sent than one command"));
}

TEST_CASE("a command that nobody restricted, or that was never sent, is not the one that was wanted") {
  Run unasked({});
  REQUIRE(ask_facts(unasked.admin, 1));
  CHECK(says(unasked.shown(), "the command was not sent"));
  REQUIRE(unasked.admin.submit(sanitize(kBlockErase).value(), {}));
  CHECK(says(unasked.shown(), "the drive was not asked before"));  // for its sanitize log
  Run free({});
  REQUIRE(ask_facts(free.admin, 1));
  REQUIRE(ask_sanitize_log(free.admin));
  auto unrestricted = kBlockErase;
  unrestricted.failure = FailureMode::unrestricted;
  REQUIRE(free.admin.submit(sanitize(unrestricted).value(), {}));
  CHECK(says(free.shown(), "another command was sent"));
}

TEST_CASE("a format shows what the drive answered to it") {
  Run run({});
  REQUIRE(format_namespace(run.tools, 1, FormatErase::cryptographic, sha256("seed")));
  const auto shown = run.shown("format-crypto");
  REQUIRE(shown);
  CHECK(shown->outcome == Outcome::succeeded);
  CHECK(shown->answer == "Success (0000h)");
  CHECK(says(run.shown("format-user-data"), "another command was sent"));
}

TEST_CASE("a run that its agent died in and that was taken up shows the one command and its end") {
  Run run({});
  run.drive.die_after = 6;  // Identify three times, health, log, and the command
  try {
    static_cast<void>(run.sanitize());
    FAIL("the agent lives");
  } catch (const FakeDrive::Died&) {
  }
  REQUIRE(run.drive.model.sanitizes == 1);
  run.drive.die_after = 0;
  const auto recorded = parse_transcript(run.text).value().size();
  run.text += answer_line(fail(ErrorKind::unavailable, "nobody heard it"), {}, recorded, 0) + '\n';
  RecordingAdmin more(
      run.drive,
      [&](std::string_view line) -> Status {
        run.text += std::string(line) + '\n';
        return {};
      },
      [&] { return run.drive.now_ms; }, recorded);
  ErasureTools tools{.drive = more,
                     .open_medium = run.tools.open_medium,
                     .intents = run.intents,
                     .clock_ms = run.tools.clock_ms,
                     .sleep_ms = run.tools.sleep_ms};
  REQUIRE(resume_sanitize(tools, 1, {})->outcome == Outcome::succeeded);
  const auto shown = run.shown();
  INFO((shown ? shown->why : shown.error().message));
  REQUIRE(shown);
  CHECK(shown->outcome == Outcome::succeeded);
  CHECK(shown->answer.empty());
}
