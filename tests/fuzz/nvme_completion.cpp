// A drive that says anything in any order: success needs a completed log with our word, after our operation
// was seen at work or the log had changed. Five bytes are one event.
#include <cstdlib>

#include "firmware-agent/nvme/completion.hpp"

using namespace quietus::nvme;

namespace {

constexpr std::uint32_t kWord = 4;

SanitizeLog log_of(const std::uint8_t* at) {
  return {.progress = static_cast<std::uint16_t>(at[1] << 8 | at[2]),
          .state = static_cast<SanitizeState>(at[3] % 6),
          .nothing_written_since = (at[3] & 0x80) != 0,
          .word = at[4] % 8U};
}

bool completed(const SanitizeLog& log) {
  return log.word == kWord &&
         (log.state == SanitizeState::success || log.state == SanitizeState::success_deallocated);
}

bool changed(const SanitizeLog& log, const SanitizeLog& before) {
  return log.state != before.state || log.word != before.word ||
         (log.nothing_written_since && !before.nothing_written_since);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 5) return 0;
  const auto before = log_of(data);
  const auto stage = static_cast<Stage>(data[0] % 3);
  std::int64_t now_ms = 0;
  CompletionEngine engine(kWord, before, stage, {}, now_ms);
  bool at_work = stage == Stage::running, refused = false, earned = false;
  for (std::size_t at = 5; at + 5 <= size && engine.outcome() == Outcome::pending; at += 5) {
    now_ms += std::int64_t{data[at]} << data[at + 1] % 16;
    const auto log = log_of(data + at);
    switch (data[at] % 4) {
      case 0: {
        const Completion answer{0, static_cast<std::uint16_t>(data[at + 1] << 8 | data[at + 2])};
        refused = refused || (engine.stage() == Stage::sending && !answer.ok() && answer.code() >> 8 != 3);
        engine.answered(answer, now_ms);
        break;
      }
      case 1:
        engine.unreadable(now_ms);
        break;
      default:
        earned = completed(log) && (at_work || changed(log, before));
        at_work = at_work || (log.state == SanitizeState::running && log.word == kWord);
        engine.read(log, now_ms);
    }
    if (engine.wait_ms() > Patience{}.longest_poll_ms) std::abort();
  }
  if (engine.outcome() == Outcome::succeeded && (!earned || refused)) std::abort();
  if (before.state == SanitizeState::running && engine.outcome() != Outcome::foreign) std::abort();
  return 0;
}
