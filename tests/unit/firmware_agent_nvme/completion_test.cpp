#include "firmware-agent/nvme/completion.hpp"

#include <catch2/catch.hpp>

using namespace quietus;
using namespace quietus::nvme;

namespace {

constexpr std::uint32_t kCrypto = 4, kBlock = 2;
constexpr Completion kAccepted{};

SanitizeLog log_of(SanitizeState state, std::uint32_t word, std::uint16_t progress = 0xFFFF) {
  return {.progress = progress, .state = state, .word = word};
}

/// An engine for a crypto erase with a clock.
struct Watched {
  explicit Watched(const SanitizeLog& before = log_of(SanitizeState::never, 0), Stage stage = Stage::sending)
      : engine(kCrypto, before, stage, patience, 0) {}
  Watched& accepted() {
    engine.answered(kAccepted, now);
    return *this;
  }
  Watched& sees(const SanitizeLog& log, std::int64_t after_ms = 1000) {
    engine.read(log, now += after_ms);
    return *this;
  }
  Watched& sees(SanitizeState state, std::uint16_t progress = 0xFFFF) {
    return sees(log_of(state, kCrypto, progress));
  }
  Watched& sees_nothing(std::int64_t after_ms = 1000) {
    engine.unreadable(now += after_ms);
    return *this;
  }
  [[nodiscard]] Outcome outcome() const { return engine.outcome(); }

  Patience patience;
  std::int64_t now = 0;
  CompletionEngine engine;
};

}  // namespace

TEST_CASE("accepted, seen running, completed with our word is success") {
  Watched run;
  CHECK(run.accepted().sees(SanitizeState::running, 10).outcome() == Outcome::pending);
  CHECK(run.engine.seen_running());
  CHECK(run.sees(SanitizeState::success).outcome() == Outcome::succeeded);
}

TEST_CASE("a drive that was too quick to be seen running succeeds by a fresh transition of its log") {
  CHECK(Watched().accepted().sees(SanitizeState::success).outcome() == Outcome::succeeded);
  CHECK(Watched(log_of(SanitizeState::failed, kCrypto)).accepted().sees(SanitizeState::success).outcome() ==
        Outcome::succeeded);
  CHECK(Watched(log_of(SanitizeState::success, kBlock)).accepted().sees(SanitizeState::success).outcome() ==
        Outcome::succeeded);
  auto blank = log_of(SanitizeState::success, kCrypto);
  blank.nothing_written_since = true;
  CHECK(Watched(log_of(SanitizeState::success, kCrypto)).accepted().sees(blank).outcome() ==
        Outcome::succeeded);
}

TEST_CASE("completed as before is not ours, however often it is read") {
  Watched run(log_of(SanitizeState::success, kCrypto));
  run.accepted();
  for (int i = 0; i < 30; ++i) CHECK(run.sees(SanitizeState::success).outcome() == Outcome::pending);
  CHECK(run.sees(SanitizeState::success).outcome() == Outcome::stale);
}

TEST_CASE("a log that is late with the start is waited for") {
  Watched run(log_of(SanitizeState::success, kBlock));
  run.accepted();
  for (int i = 0; i < 10; ++i) run.sees(log_of(SanitizeState::success, kBlock));
  CHECK(run.outcome() == Outcome::pending);
  CHECK(run.sees(SanitizeState::running, 5).sees(SanitizeState::success).outcome() == Outcome::succeeded);
}

TEST_CASE("completed although blocks were deallocated is a success, and says so") {
  Watched run;
  run.accepted().sees(SanitizeState::running, 1).sees(SanitizeState::success_deallocated);
  CHECK(run.outcome() == Outcome::succeeded);
  CHECK(run.engine.deallocated());
}

TEST_CASE("another SCDW10 is another operation, running or completed") {
  CHECK(Watched().accepted().sees(log_of(SanitizeState::running, kBlock, 1)).outcome() == Outcome::foreign);
  CHECK(Watched().accepted().sees(log_of(SanitizeState::success, kBlock)).outcome() == Outcome::foreign);
  Watched run;
  run.accepted().sees(SanitizeState::running, 1).sees(log_of(SanitizeState::success, kBlock));
  CHECK(run.outcome() == Outcome::foreign);
}

TEST_CASE("a drive that says it failed has failed, and nothing later changes that") {
  Watched run;
  run.accepted().sees(SanitizeState::running, 30000).sees(SanitizeState::failed);
  CHECK(run.outcome() == Outcome::failed);
  CHECK(run.sees(SanitizeState::success).outcome() == Outcome::failed);
}

TEST_CASE("a refusal ends it before it began") {
  for (const std::uint16_t status : {0x001, 0x002, 0x4002, 0x01C, 0x01D, 0x023, 0x10B, 0x110, 0x5FF}) {
    Watched run;
    run.engine.answered({0, status}, 0);
    CHECK(run.outcome() == Outcome::refused);
    CHECK(run.sees(SanitizeState::success).outcome() == Outcome::refused);
  }
}

TEST_CASE("a failed path is no answer: the log decides whether the command arrived") {
  Watched arrived, lost;
  for (auto* run : {&arrived, &lost}) run->engine.answered({0, 0x4371}, 0);
  CHECK(arrived.outcome() == Outcome::pending);
  CHECK(arrived.sees(SanitizeState::running, 7).sees(SanitizeState::success).outcome() == Outcome::succeeded);
  lost.sees(log_of(SanitizeState::never, 0));
  CHECK(lost.outcome() == Outcome::pending);
  CHECK(lost.sees(log_of(SanitizeState::never, 0), 31'000).outcome() == Outcome::never_started);
}

TEST_CASE("SPROG 655 for ever is stuck, and may be taken up again") {
  Watched run;
  run.accepted();
  for (int minute = 0; minute <= 15; ++minute) {
    CHECK(run.outcome() == Outcome::pending);
    run.sees(log_of(SanitizeState::running, kCrypto, 655), 60'000);
  }
  CHECK(run.sees(log_of(SanitizeState::running, kCrypto, 655), 60'000).outcome() == Outcome::stuck);
  CHECK(may_be_resumed(run.outcome()));
}

TEST_CASE("a drive may be silent for twice its own estimate") {
  auto slow = log_of(SanitizeState::running, kCrypto, 0);
  slow.crypto_erase_s = 3600;
  Watched run;
  run.accepted().sees(slow);
  CHECK(run.sees(slow, 7'190'000).outcome() == Outcome::pending);
  CHECK(run.sees(slow, 20'000).outcome() == Outcome::stuck);
}

TEST_CASE("an estimate of a century does not keep the agent waiting for one") {
  auto slow = log_of(SanitizeState::running, kCrypto, 0);
  slow.crypto_erase_s = 0xFFFFFFFE;
  Watched run;
  run.accepted().sees(slow);
  CHECK(run.sees(slow, run.patience.at_all_ms + 1).outcome() == Outcome::stuck);
}

TEST_CASE("progress that swings to and fro is none") {
  Watched run;
  run.accepted();
  for (int i = 0; i < 40 && run.outcome() == Outcome::pending; ++i)
    run.sees(log_of(SanitizeState::running, kCrypto, i % 2 == 0 ? 100 : 50), 60'000);
  CHECK(run.outcome() == Outcome::stuck);
}

TEST_CASE("a drive that goes away is waited for, comes back and completes") {
  Watched run;
  run.accepted().sees(SanitizeState::running, 30000);
  for (int i = 0; i < 100; ++i) run.sees_nothing();
  CHECK(run.outcome() == Outcome::pending);
  CHECK(run.sees(SanitizeState::running, 100).outcome() == Outcome::pending);  // began anew
  CHECK(run.sees(SanitizeState::success).outcome() == Outcome::succeeded);
}

TEST_CASE("a drive that stays away has vanished, and may be taken up again") {
  Watched run;
  run.accepted().sees(SanitizeState::running, 30000);
  for (int i = 0; i < 601; ++i) run.sees_nothing();
  CHECK(run.outcome() == Outcome::vanished);
  CHECK(may_be_resumed(run.outcome()));
}

TEST_CASE("after a restart the persisted stage counts") {
  CHECK(Watched(log_of(SanitizeState::success, kCrypto), Stage::running)
            .sees(SanitizeState::success)
            .outcome() == Outcome::succeeded);
  Watched accepted(log_of(SanitizeState::success, kCrypto), Stage::accepted);
  CHECK(accepted.sees(log_of(SanitizeState::success, kCrypto), 31'000).outcome() == Outcome::stale);
  Watched sending(log_of(SanitizeState::success, kCrypto), Stage::sending);
  CHECK(sending.sees(log_of(SanitizeState::success, kCrypto), 31'000).outcome() == Outcome::never_started);
  CHECK(Watched(log_of(SanitizeState::success, kCrypto), Stage::sending)
            .sees(SanitizeState::running, 9)
            .sees(SanitizeState::success)
            .outcome() == Outcome::succeeded);
}

TEST_CASE("what cannot be is never success") {
  CHECK(Watched().accepted().sees(SanitizeState::unknown).outcome() == Outcome::contradicted);
  CHECK(Watched().accepted().sees(SanitizeState::running, 1).sees(SanitizeState::never).outcome() ==
        Outcome::contradicted);
  CHECK(Watched(log_of(SanitizeState::running, kCrypto, 5)).outcome() == Outcome::foreign);
}

TEST_CASE("from every state and every answer, success is only ever a completed log with our word") {
  const std::array states{SanitizeState::never,
                          SanitizeState::success,
                          SanitizeState::running,
                          SanitizeState::failed,
                          SanitizeState::success_deallocated,
                          SanitizeState::unknown};
  int successes = 0;
  for (const auto before : states) {
    for (const auto stage : {Stage::sending, Stage::accepted, Stage::running}) {
      for (const std::uint16_t status : {0x000, 0x002, 0x370}) {
        for (const auto state : states) {
          for (const auto word : {kCrypto, kBlock}) {
            Watched run(log_of(before, kCrypto), stage);
            run.engine.answered({0, status}, 0);
            const auto log = log_of(state, word, 1);
            if (run.sees(log).outcome() != Outcome::succeeded) continue;
            ++successes;
            CHECK((state == SanitizeState::success || state == SanitizeState::success_deallocated));
            CHECK(word == kCrypto);
            CHECK((stage == Stage::running || state != before));
            CHECK((stage != Stage::sending || status != 0x002));
          }
        }
      }
    }
  }
  CHECK(successes > 0);
}

TEST_CASE("waiting grows to its bound") {
  Watched run;
  run.accepted();
  CHECK(run.engine.wait_ms() == 100);
  for (int i = 0; i < 20; ++i) run.sees(SanitizeState::running, static_cast<std::uint16_t>(i));
  CHECK(run.engine.wait_ms() == 10'000);
}
