// When is a sanitize operation ours and over? Pure: the caller sends, reads the log and tells the time.
//
// The drive is believed only along one path: our command accepted (or seen at work), seen running or a fresh
// transition of the log, and a terminal state whose SCDW10 is what we sent. "Completed" alone may be about an
// older operation, SPROG FFFFh alone may be a failure, and no answer is no answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "firmware-agent/nvme/admin.hpp"
#include "firmware-agent/nvme/logs.hpp"

namespace quietus::nvme {

/// How far an operation is known to have come. Persisted before each step (intent.hpp).
enum class Stage : std::uint8_t {
  sending,   ///< the command may or may not have reached the drive
  accepted,  ///< the drive answered with success
  running,   ///< the log has shown our operation in progress
};
std::string_view to_string(Stage stage);
Result<Stage> stage_from(std::string_view text);

enum class Outcome : std::uint8_t {
  pending,
  succeeded,
  refused,        ///< the drive did not take the command: nothing was begun
  failed,         ///< the drive says that our operation failed
  never_started,  ///< sent without an answer, and the log shows that it never arrived
  stale,          ///< accepted, but the log only ever showed what it showed before
  foreign,        ///< the log is about an operation that is not ours
  contradicted,   ///< the drive says what cannot be
  stuck,          ///< running, without progress, for longer than the drive's own estimate allows
  vanished,       ///< no answer for too long
};
std::string_view to_string(Outcome outcome);
/// `stuck` and `vanished` end our waiting, not the drive's work: the operation can be taken up again.
bool may_be_resumed(Outcome outcome);

/// Bounds of waiting, in milliseconds. Defaults are for real drives.
struct Patience {
  std::int64_t first_poll_ms = 100, longest_poll_ms = 10'000;
  std::int64_t log_lag_ms = 30'000;  ///< for the log to show what was accepted
  std::int64_t silence_ms =
      std::int64_t{15} * 60'000;  ///< without progress; twice the drive's estimate when that is longer
  std::int64_t absence_ms = std::int64_t{10} * 60'000;  ///< without an answer
  std::int64_t at_all_ms = std::int64_t{14} * 24 * 3'600'000;
};

class CompletionEngine {
 public:
  /// `word`: CDW10 sent. `before`: the log as it was just before sending, after the markers were written.
  /// `stage`: `sending` for a new operation, else where the persisted intent stands. Times are of one
  /// monotonic clock of this process.
  CompletionEngine(std::uint32_t word, const SanitizeLog& before, Stage stage, const Patience& patience,
                   std::int64_t now_ms);

  /// What came of sending the command; not called when resuming.
  void answered(const Completion& completion, std::int64_t now_ms);
  void read(const SanitizeLog& log, std::int64_t now_ms);
  /// No log could be had: path down, drive away, or it refused the log page.
  void unreadable(std::int64_t now_ms);

  [[nodiscard]] Outcome outcome() const { return outcome_; }
  [[nodiscard]] const std::string& why() const { return why_; }  ///< for people, once the outcome is known
  [[nodiscard]] Stage stage() const { return stage_; }
  [[nodiscard]] bool seen_running() const { return stage_ == Stage::running; }
  /// Completed, but blocks were deallocated although that was not asked for (SSTAT 4).
  [[nodiscard]] bool deallocated() const { return deallocated_; }
  /// How long to wait before the log is read again.
  [[nodiscard]] std::int64_t wait_ms() const { return wait_ms_; }

 private:
  void end(Outcome outcome, std::string why);
  void running(const SanitizeLog& log, std::int64_t now_ms);
  void completed(const SanitizeLog& log, std::int64_t now_ms);
  void unchanged(std::int64_t now_ms);
  [[nodiscard]] bool fresh(const SanitizeLog& log) const;
  [[nodiscard]] bool as_before(const SanitizeLog& log) const;
  [[nodiscard]] std::int64_t silence_allowed(const SanitizeLog& log) const;

  std::uint32_t word_;
  SanitizeLog before_;
  Stage stage_;
  Patience patience_;
  std::int64_t began_ms_, answered_ms_, progressed_ms_, heard_ms_;
  std::uint16_t furthest_ = 0;
  bool was_away_ = false;
  bool deallocated_ = false;
  std::int64_t wait_ms_;
  Outcome outcome_ = Outcome::pending;
  std::string why_;
};

}  // namespace quietus::nvme
