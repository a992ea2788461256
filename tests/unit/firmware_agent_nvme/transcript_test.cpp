#include "firmware-agent/nvme/transcript.hpp"

#include <catch2/catch.hpp>

#include "firmware-agent/nvme/replay.hpp"
#include "tests/support/nvme_drive/fake_drive.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace quietus;
using namespace quietus::nvme;
using test::FakeDrive;

namespace {

struct Recorded {
  FakeDrive drive;
  std::string text;
  RecordingAdmin admin{drive,
                       [this](std::string_view line) -> Status {
                         text += std::string(line) + '\n';
                         return {};
                       },
                       [this] { return drive.now_ms; }};
};

}  // namespace

TEST_CASE("what was said to a drive and what it answered can be read again, word for word") {
  Recorded run;
  REQUIRE(ask_facts(run.admin, 1));
  REQUIRE(run.admin.submit(sanitize({}).value(), {}).value().ok());
  REQUIRE(run.admin.submit(sanitize({}).value(), {}).value().code() == 0x1D);
  run.drive.lose_answer = true;
  CHECK_FALSE(run.admin.submit(sanitize({}).value(), {}));
  const auto exchanges = parse_transcript(run.text).value();
  REQUIRE(exchanges.size() == 6);
  CHECK(exchanges[0].command == identify_controller());
  CHECK(exchanges[0].data.size() == 4096);
  CHECK(decode_controller(exchanges[0].data).value().serial == "QT0001");
  CHECK(exchanges[3].command == sanitize({}).value());
  CHECK(exchanges[4].answer.value().code() == 0x1D);
  CHECK(exchanges[5].answer.error().kind == ErrorKind::timed_out);
}

TEST_CASE("a transcript stands in for the drive, and answers nothing that was not asked then") {
  Recorded run;
  const auto facts = ask_facts(run.admin, 1).value();
  auto drive = ReplayedDrive::of(run.text).value();
  Bytes page(512);
  CHECK(drive.submit(get_health_log(), page).error().kind == ErrorKind::conflict);
  CHECK(ask_facts(drive, 1).value().controller.model == facts.controller.model);
  CHECK(drive.left() == 0);
  CHECK(ask_controller(drive).error().kind == ErrorKind::unavailable);
}

TEST_CASE("a command that cannot be written down is not sent") {
  FakeDrive drive;
  RecordingAdmin admin(
      drive, [](std::string_view) -> Status { return fail(ErrorKind::exhausted, "full"); }, [] { return 0; });
  CHECK_FALSE(admin.submit(sanitize({}).value(), {}));
  CHECK(drive.model.sanitizes == 0);
  CHECK(drive.submitted == 0);
}

TEST_CASE("a transcript may end between a command and its answer, and nowhere else") {
  Recorded run;
  REQUIRE(run.admin.submit(sanitize({}).value(), {}));
  REQUIRE(ask_sanitize_log(run.admin));
  std::size_t whole = 0;
  for (std::size_t size = 0; size <= run.text.size(); ++size) {
    const auto cut = parse_transcript(run.text.substr(0, size));
    if (cut) ++whole;
    CHECK(cut.has_value() == (size == 0 || run.text[size - 1] == '\n'));
  }
  CHECK(whole == 6);  // nothing, the head, and four lines
  const auto half = parse_transcript(run.text.substr(0, run.text.find(R"({"answer":1)"))).value();
  CHECK(half.size() == 1);
}

TEST_CASE("a transcript that was altered in its form is refused") {
  Recorded run;
  REQUIRE(run.admin.submit(sanitize({}).value(), {}));
  auto altered = [&](const std::string& from, const std::string& to) {
    auto text = run.text;
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return parse_transcript(text.replace(at, from.size(), to));
  };
  CHECK(altered("\"84\"", "\"80\""));  // another command is a readable transcript
  CHECK_FALSE(altered("\"84\"", "\"084\""));
  CHECK_FALSE(altered("\"answer\":1", "\"answer\":2"));
  CHECK_FALSE(altered("\"send\":1", "\"send\":2"));
  CHECK_FALSE(altered("\"data\":\"\"", "\"data\":\"00\""));
  CHECK_FALSE(altered("quietus.nvme/1", "quietus.nvme/2"));
}

TEST_CASE("a transcript file is new, and holds each line as soon as it is appended") {
  const test::ScratchFolder folder;
  const auto path = folder.file("transcript");
  auto file = TranscriptFile::create(path).value();
  CHECK(file.append("a"));
  CHECK(read_text(path).value() == "a\n");
  CHECK(file.append("b"));
  CHECK(read_text(path).value() == "a\nb\n");
  CHECK_FALSE(TranscriptFile::create(path));
  CHECK(file.append(std::string(kMaxTranscriptBytes, 'x')).error().kind == ErrorKind::exhausted);
}

TEST_CASE("a transcript without repeats says as much in a few lines, however long the drive took") {
  Recorded run;
  run.drive.model = test::DriveModel({.sanitize_ms = 100'000}, run.drive.content);
  REQUIRE(ask_sanitize_log(run.admin));
  REQUIRE(run.admin.submit(sanitize({.action = SanitizeAction::block_erase}).value(), {}));
  for (int i = 0; i < 300; ++i) {
    run.drive.now_ms += 400;
    REQUIRE(ask_sanitize_log(run.admin));
  }
  REQUIRE(parse_transcript(run.text).value().size() == 302);
  const auto shorter = without_repeats(run.text).value();
  const auto exchanges = parse_transcript(shorter).value();
  REQUIRE(exchanges.size() == 4);  // never sanitized, the command, at work, done
  CHECK(decode_sanitize_log(exchanges[2].data).value().state == SanitizeState::running);
  CHECK(decode_sanitize_log(exchanges[3].data).value().state == SanitizeState::success);
  CHECK(without_repeats(shorter).value() == shorter);
}

TEST_CASE(
    "a transcript is gone on with after its writer died, and the command that nobody heard of says so") {
  const test::ScratchFolder folder;
  const auto path = folder.file("transcript");
  Recorded run;
  REQUIRE(ask_facts(run.admin, 1));
  for (std::size_t size = 0; size <= run.text.size(); size += 97) {
    REQUIRE(write_file_atomically(path, as_bytes(run.text.substr(0, size)), 0600));
    auto file = TranscriptFile::reopen(path);
    REQUIRE(file);
    const auto before = parse_transcript(file->text()).value();
    RecordingAdmin more(
        run.drive, [&](std::string_view line) { return file->append(line); }, [] { return 7; },
        before.size());
    REQUIRE(ask_sanitize_log(more));
    const auto after = parse_transcript(read_text(path).value());
    REQUIRE(after);
    REQUIRE(after->size() == before.size() + 1);
    CHECK(file->text() == read_text(path).value());
    for (const auto& exchange : *after) CHECK((exchange.answer || exchange.answered_ms >= 0));
  }
  CHECK(TranscriptFile::reopen(folder.file("none")).error().kind == ErrorKind::not_found);
}
