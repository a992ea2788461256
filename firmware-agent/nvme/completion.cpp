#include "firmware-agent/nvme/completion.hpp"

#include <algorithm>
#include <array>

#include "firmware-agent/nvme/commands.hpp"
#include "firmware-agent/nvme/status.hpp"

namespace quietus::nvme {
namespace {

bool is_success(SanitizeState state) {
  return state == SanitizeState::success || state == SanitizeState::success_deallocated;
}

std::optional<std::uint32_t> estimate_of(const SanitizeLog& log, std::uint32_t word) {
  switch (static_cast<SanitizeAction>(word & 7)) {
    case SanitizeAction::block_erase:
      return log.block_erase_s;
    case SanitizeAction::overwrite:
      return log.overwrite_s;
    case SanitizeAction::crypto_erase:
      return log.crypto_erase_s;
  }
  return std::nullopt;
}

}  // namespace

CompletionEngine::CompletionEngine(std::uint32_t word, const SanitizeLog& before, Stage stage,
                                   const Patience& patience, std::int64_t now_ms)
    : word_(word),
      before_(before),
      stage_(stage),
      patience_(patience),
      began_ms_(now_ms),
      answered_ms_(now_ms),
      progressed_ms_(now_ms),
      heard_ms_(now_ms),
      wait_ms_(patience.first_poll_ms) {
  if (before.state == SanitizeState::running)
    end(Outcome::foreign, "a sanitize operation was running before ours was sent");
}

void CompletionEngine::end(Outcome outcome, std::string why) {
  if (outcome_ != Outcome::pending) return;  // the first outcome stands
  outcome_ = outcome;
  why_ = std::move(why);
}

void CompletionEngine::answered(const Completion& completion, std::int64_t now_ms) {
  if (outcome_ != Outcome::pending || stage_ != Stage::sending) return;
  if (is_path_failure(completion)) return;  // the drive has not spoken: it may have the command
  answered_ms_ = progressed_ms_ = heard_ms_ = now_ms;
  if (completion.ok()) {
    stage_ = Stage::accepted;
  } else {
    end(Outcome::refused, "the drive refuses: " + status_text(completion));
  }
}

/// A change that only an operation after `before_` can have made. Markers are written before `before_` is
/// read, so "nothing written since" comes back only through a sanitize operation that came after them.
bool CompletionEngine::fresh(const SanitizeLog& log) const {
  return log.state != before_.state || log.word != before_.word ||
         (log.nothing_written_since && !before_.nothing_written_since);
}

bool CompletionEngine::as_before(const SanitizeLog& log) const {
  return log.state == before_.state && log.word == before_.word;
}

void CompletionEngine::read(const SanitizeLog& log, std::int64_t now_ms) {
  if (outcome_ != Outcome::pending) return;
  heard_ms_ = now_ms;
  wait_ms_ = std::min(wait_ms_ * 2, patience_.longest_poll_ms);
  switch (log.state) {
    case SanitizeState::running:
      running(log, now_ms);
      break;
    case SanitizeState::success:
    case SanitizeState::success_deallocated:
    case SanitizeState::failed:
      completed(log, now_ms);
      break;
    case SanitizeState::never:
      if (stage_ == Stage::running)
        end(Outcome::contradicted, "the drive was at work and now says that it was never sanitized");
      else
        unchanged(now_ms);
      break;
    case SanitizeState::unknown:
      end(Outcome::contradicted, "the drive reports a sanitize state that this software does not know");
      break;
  }
  was_away_ = false;
  if (now_ms - began_ms_ > patience_.at_all_ms) end(Outcome::stuck, "the operation never came to an end");
}

void CompletionEngine::running(const SanitizeLog& log, std::int64_t now_ms) {
  if (log.word != word_) {
    end(Outcome::foreign, "the drive is at work on a sanitize command that is not ours (SCDW10 differs)");
    return;
  }
  // Only ground never reached before is progress; after a power loss a drive may begin anew.
  const bool further = stage_ != Stage::running || was_away_ || log.progress > furthest_;
  stage_ = Stage::running;
  if (further) {
    furthest_ = log.progress;
    progressed_ms_ = now_ms;
  } else if (now_ms - progressed_ms_ > silence_allowed(log)) {
    end(Outcome::stuck, "the drive has stood at " + std::to_string(furthest_) + " of 65536 for too long");
  }
}

void CompletionEngine::completed(const SanitizeLog& log, std::int64_t now_ms) {
  if (log.word != word_) {
    if (stage_ != Stage::running && as_before(log)) {
      unchanged(now_ms);
    } else {
      end(Outcome::foreign,
          "the drive reports the end of a sanitize command that is not ours (SCDW10 differs)");
    }
    return;
  }
  if (stage_ != Stage::running && !fresh(log)) {
    unchanged(now_ms);
  } else if (is_success(log.state)) {
    deallocated_ = log.state == SanitizeState::success_deallocated;
    end(Outcome::succeeded, std::string(to_string(log.state)));
  } else {
    end(Outcome::failed, "the drive says that the sanitize operation failed");
  }
}

/// The log shows what it showed before we sent: it lags behind, or nothing happened.
void CompletionEngine::unchanged(std::int64_t now_ms) {
  if (now_ms - answered_ms_ <= patience_.log_lag_ms) return;
  if (stage_ == Stage::accepted) {
    end(Outcome::stale, "the drive took the command, but its log only shows what was there before");
  } else {
    end(Outcome::never_started, "the command got no answer, and the log shows nothing of it");
  }
}

void CompletionEngine::unreadable(std::int64_t now_ms) {
  if (outcome_ != Outcome::pending) return;
  was_away_ = true;
  progressed_ms_ = now_ms;  // an absent drive is not a stuck one
  wait_ms_ = std::min(wait_ms_ * 2, patience_.longest_poll_ms);
  if (now_ms - heard_ms_ > patience_.absence_ms)
    end(Outcome::vanished, "the drive has not answered for too long");
  if (now_ms - began_ms_ > patience_.at_all_ms) end(Outcome::stuck, "the operation never came to an end");
}

std::int64_t CompletionEngine::silence_allowed(const SanitizeLog& log) const {
  const auto estimate = estimate_of(log, word_);
  if (!estimate) return patience_.silence_ms;
  const std::int64_t twice = std::int64_t{*estimate} * 2000;
  return std::clamp(twice, patience_.silence_ms, std::max(patience_.silence_ms, patience_.at_all_ms));
}

bool may_be_resumed(Outcome outcome) { return outcome == Outcome::stuck || outcome == Outcome::vanished; }

namespace {
constexpr std::array<std::string_view, 3> kStages{"sending", "accepted", "running"};
constexpr std::array<std::string_view, 10> kOutcomes{"pending",       "succeeded", "refused", "failed",
                                                     "never_started", "stale",     "foreign", "contradicted",
                                                     "stuck",         "vanished"};
}  // namespace

std::string_view to_string(Stage stage) { return kStages[static_cast<std::size_t>(stage)]; }
std::string_view to_string(Outcome outcome) { return kOutcomes[static_cast<std::size_t>(outcome)]; }

Result<Stage> stage_from(std::string_view text) {
  const auto* found = std::ranges::find(kStages, text);
  if (found == kStages.end()) return fail(ErrorKind::invalid_input, "no such stage of an operation");
  return static_cast<Stage>(found - kStages.begin());
}

}  // namespace quietus::nvme
