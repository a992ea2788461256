#include "firmware-agent/nvme/erasure.hpp"

#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "firmware-agent/nvme/replay.hpp"
#include "firmware-agent/nvme/transcript.hpp"
#include "tests/support/nvme_drive/fake_drive.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace quietus;
using namespace quietus::nvme;
using test::Behaviour;
using test::FakeDrive;
using test::FakeIntents;

namespace {

struct World {
  explicit World(test::DriveOptions options = {}) : drive(std::move(options)) {}

  ErasureTools tools(NvmeAdmin& admin) {
    return {.drive = admin,
            .open_medium = [this]() -> Result<std::unique_ptr<BlockDevice>> { return drive.blocks(); },
            .intents = intents,
            .clock_ms = [this] { return drive.now_ms; },
            .sleep_ms = [this](std::int64_t ms) { drive.now_ms += ms; },
            .stop_requested = [this] { return drive.now_ms >= stop_at_ms; }};
  }
  Result<ErasureReport> sanitize(const SanitizeRequest& request = {}) {
    auto with = tools(drive);
    return sanitize_namespace(with, 1, request, seed, {});
  }
  Result<ErasureReport> resume() {
    auto with = tools(drive);
    return resume_sanitize(with, 1, {});
  }
  Result<ErasureReport> format(FormatErase erase) {
    auto with = tools(drive);
    return format_namespace(with, 1, erase, seed);
  }

  FakeDrive drive;
  FakeIntents intents;
  Digest seed = random_digest();
  std::int64_t stop_at_ms = std::int64_t{1} << 60;
};

ErasureReport after(Behaviour behaviour, SanitizeAction action = SanitizeAction::crypto_erase) {
  World world({.behaviour = behaviour});
  return world.sanitize({.action = action}).value();
}

constexpr std::array kActions{SanitizeAction::crypto_erase, SanitizeAction::block_erase,
                              SanitizeAction::overwrite};

}  // namespace

TEST_CASE("a drive that reports success and kept its data is found out by the markers") {
  for (const auto action : kActions) {
    const auto report = after(Behaviour::lies, action);
    CHECK(report.outcome == Outcome::succeeded);
    CHECK(report.verdict == Verdict::failed);
    REQUIRE(report.markers);
    CHECK(report.markers->surviving == kMarkers);
  }
}

TEST_CASE("an honest drive is verified by every action that it has") {
  for (const auto action : kActions) {
    const auto report = after(Behaviour::correct, action);
    CHECK(report.outcome == Outcome::succeeded);
    CHECK(report.seen_running);
    CHECK(report.verdict == Verdict::verified);
    CHECK(report.markers->looked_at == kMarkers);
    CHECK(report.health_before->power_on_hours == 1234);
  }
}

TEST_CASE("each misbehaviour has its own outcome, and none is verified") {
  const std::array cases{
      std::pair{Behaviour::fails_midway, Outcome::failed}, std::pair{Behaviour::stuck, Outcome::stuck},
      std::pair{Behaviour::stale_success, Outcome::stale}, std::pair{Behaviour::wrong_word, Outcome::foreign},
      std::pair{Behaviour::refuses, Outcome::refused}};
  for (const auto& [behaviour, outcome] : cases) {
    const auto report = after(behaviour);
    CHECK(report.outcome == outcome);
    CHECK(report.verdict == Verdict::failed);
    CHECK_FALSE(report.why.empty());
  }
}

TEST_CASE("deallocation that was not asked for is still a success") {
  const auto report = after(Behaviour::deallocates);
  CHECK(report.deallocated);
  CHECK(report.verdict == Verdict::verified);
}

TEST_CASE("a drive that loses power goes on by itself and is waited for") {
  World world({.behaviour = Behaviour::power_loss, .sanitize_ms = 20'000});
  const auto report = world.sanitize({.action = SanitizeAction::block_erase}).value();
  CHECK(report.verdict == Verdict::verified);
  CHECK(world.drive.model.sanitizes == 1);
}

TEST_CASE("a drive too quick to be seen at work succeeds twice in a row") {
  World world({.sanitize_ms = 0});
  for (int i = 0; i < 2; ++i) {
    const auto report = world.sanitize().value();
    CHECK(report.verdict == Verdict::verified);
    CHECK_FALSE(report.seen_running);
  }
}

TEST_CASE("nothing is sent to a drive that lacks the command or has a second namespace") {
  for (const auto& options :
       {test::DriveOptions{.sanicap = 2}, test::DriveOptions{.other_namespaces = {2}}}) {
    World world(options);
    CHECK(world.sanitize().error().kind == ErrorKind::denied);
    CHECK(world.drive.model.sanitizes == 0);
    CHECK(world.drive.content == std::vector<std::uint8_t>(world.drive.content.size(), 0xA5));
  }
}

TEST_CASE("a marker that cannot be read afterwards is neither there nor gone") {
  World world;
  world.drive.unreadable_from = world.drive.content.size() - 4096;
  const auto report = world.sanitize().value();
  CHECK(report.outcome == Outcome::succeeded);
  CHECK(report.markers->unreadable == 1);
  CHECK(report.verdict == Verdict::failed);
}

TEST_CASE("one marker of sixty-four that survives is enough") {
  World world;
  world.drive.alter = [&](const Command&, std::span<std::uint8_t>) {
    if (world.drive.model.sanitizes == 0 || world.drive.now_ms < 1000) return;
    CHECK(aes_256_ctr_stream(world.seed, 0, std::span(world.drive.content).first(16)));
  };
  const auto report = world.sanitize().value();
  CHECK(report.markers->surviving == 1);
  CHECK(report.verdict == Verdict::failed);
}

TEST_CASE("an answer that got lost does not lose the operation") {
  World world;
  world.drive.lose_answer = true;
  const auto report = world.sanitize().value();
  CHECK(report.outcome == Outcome::succeeded);
  CHECK(report.verdict == Verdict::verified);
}

TEST_CASE("an agent that is told to stop leaves the drive at work and takes it up again") {
  World world({.sanitize_ms = 60'000});
  world.stop_at_ms = 10'000;
  CHECK(world.sanitize().error().kind == ErrorKind::unavailable);
  CHECK(world.sanitize().error().kind == ErrorKind::conflict);  // not a second time
  world.stop_at_ms = std::int64_t{1} << 60;
  const auto report = world.resume().value();
  CHECK(report.resumed);
  CHECK(report.verdict == Verdict::verified);
  CHECK(world.drive.model.sanitizes == 1);
  CHECK(world.resume().error().kind == ErrorKind::not_found);
}

TEST_CASE("an operation is not taken up in another drive") {
  World world({.sanitize_ms = 60'000}), other({.serial = "QT0002"});
  world.stop_at_ms = 10'000;
  CHECK_FALSE(world.sanitize());
  other.intents.text = world.intents.text;
  CHECK(other.resume().error().kind == ErrorKind::conflict);
}

TEST_CASE(
    "whenever the agent dies, before a command or after it, the drive is erased once and the truth is told") {
  int swept = 0;
  for (const bool before : {true, false}) {
    for (int at = 1; at < 40; ++at) {
      World world({.sanitize_ms = 3000});
      (before ? world.drive.die_before : world.drive.die_after) = at;
      bool died = false;
      try {
        const auto report = world.sanitize();
        CHECK(report.value().verdict == Verdict::verified);
      } catch (const FakeDrive::Died&) {
        died = true;
      }
      if (!died) break;
      ++swept;
      const auto taken = world.drive.model.sanitizes;
      world.drive.now_ms += 10'000;  // the drive has finished meanwhile
      const auto resumed = world.resume();
      if (!resumed) {
        CHECK(resumed.error().kind == ErrorKind::not_found);
        CHECK(taken == 0);
      } else if (taken == 0) {
        CHECK(resumed->outcome == Outcome::never_started);
      } else {
        CHECK(resumed->verdict == Verdict::verified);
      }
      CHECK(world.drive.model.sanitizes == taken);  // never sent again by itself
      if (taken == 0) CHECK(world.sanitize().value().verdict == Verdict::verified);
    }
  }
  CHECK(swept > 12);
}

TEST_CASE("a stuck operation stays under way, and ends when a person has helped the drive") {
  World world({.behaviour = Behaviour::stuck});
  CHECK(world.sanitize().value().outcome == Outcome::stuck);
  CHECK_FALSE(world.intents.text.empty());
  CHECK(world.resume().value().outcome == Outcome::stuck);
}

TEST_CASE("a format erases and is verified; one that keeps the data is found out") {
  for (const auto erase : {FormatErase::user_data, FormatErase::cryptographic}) {
    World honest, liar({.behaviour = Behaviour::lies}), mute({.behaviour = Behaviour::refuses});
    CHECK(honest.format(erase).value().verdict == Verdict::verified);
    CHECK(liar.format(erase).value().verdict == Verdict::failed);
    CHECK(liar.format(erase).value().outcome == Outcome::succeeded);
    CHECK(mute.format(erase).value().outcome == Outcome::refused);
  }
}

TEST_CASE("the transcript of an erasure, played as a drive, comes to the same end") {
  for (const auto behaviour : {Behaviour::correct, Behaviour::fails_midway, Behaviour::stale_success}) {
    World world({.behaviour = behaviour});
    std::string text;
    RecordingAdmin recorded(
        world.drive,
        [&](std::string_view line) -> Status {
          text += std::string(line) + '\n';
          return {};
        },
        [&] { return world.drive.now_ms; });
    auto tools = world.tools(recorded);
    const auto original = sanitize_namespace(tools, 1, {}, world.seed, {}).value();

    World again({.behaviour = behaviour});  // its blocks only; its admin queue is the transcript
    auto replayed = ReplayedDrive::of(text).value();
    auto with = again.tools(replayed);
    const auto report = sanitize_namespace(with, 1, {}, world.seed, {}).value();
    CHECK(report.outcome == original.outcome);
    CHECK(report.why.starts_with(to_string(SanitizeState::success)) ==
          original.why.starts_with(to_string(SanitizeState::success)));
    CHECK(replayed.left() == 0);
  }
}

TEST_CASE("an intent is a file that is there or not, and one that cannot be read is not taken for none") {
  const test::ScratchFolder folder;
  IntentFile file(folder.file("intent.json"));
  CHECK_FALSE(file.find().value());
  SanitizeIntent intent;
  intent.serial = "S";
  intent.size_bytes = 4096;
  intent.word = 4;
  intent.stage = Stage::accepted;
  CHECK(file.keep(intent));
  CHECK(file.find().value()->stage == Stage::accepted);
  CHECK(write_file_atomically(folder.file("intent.json"), as_bytes("{}"), 0600));
  CHECK(file.find().error().kind == ErrorKind::corrupt);
  CHECK(file.forget());
  CHECK(file.forget());
  CHECK_FALSE(file.find().value());
}

TEST_CASE("markers stand at the first and the last place, apart, inside") {
  for (const std::uint64_t size : {4096ULL, 8192ULL, 40'960ULL, 1ULL << 20, 3ULL << 40, (1ULL << 30) + 512}) {
    const auto markers = place_markers(random_digest(), size, 512).value();
    CHECK(markers.offsets.front() == 0);
    CHECK(markers.offsets.back() == (size / 4096 - 1) * 4096);
    for (std::size_t i = 1; i < markers.offsets.size(); ++i)
      CHECK(markers.offsets[i] >= markers.offsets[i - 1] + kMarkerBytes);
  }
  CHECK_FALSE(place_markers(random_digest(), 4095, 512));
  CHECK_FALSE(place_markers(random_digest(), 1 << 20, 8192));
}
