#include "firmware-agent/nvme/retrace.hpp"

#include <algorithm>

#include "firmware-agent/nvme/status.hpp"
#include "firmware-agent/nvme/transcript.hpp"

namespace quietus::nvme {
namespace {

constexpr std::uint32_t kSecureEraseSettings = 7U << 9;  // Format NVM, CDW10 11:9

std::unexpected<Error> not_shown(const std::string& what) {
  return fail(ErrorKind::verification_failed, "the transcript does not show it: " + what);
}

bool same_question(const Command& a, const Command& b) {
  return a.opcode == b.opcode && a.nsid == b.nsid && a.cdw == b.cdw;
}

class Retracer {
 public:
  explicit Retracer(std::string_view drive_command)
      : sanitize_(sanitize_named(drive_command)), format_(format_named(drive_command)) {}

  Result<Retraced> follow(const std::vector<Exchange>& exchanges) {
    if (!sanitize_ && !format_) return not_shown("no such command is known");
    for (const auto& exchange : exchanges) {
      now_ms_ = std::max({now_ms_, exchange.sent_ms, exchange.answered_ms});  // a boot begins at 0 again
      QUIETUS_CHECK(take(exchange));
    }
    if (!sent_) return not_shown("the command was not sent");
    if (engine_) {
      found_.outcome = engine_->outcome();
      found_.why = engine_->why();
    }
    return std::move(found_);
  }

 private:
  Status take(const Exchange& exchange) {
    const auto& command = exchange.command;
    if (same_question(command, identify_controller())) return controller(exchange);
    if (same_question(command, identify_namespace(command.nsid))) return space(exchange);
    if (same_question(command, get_sanitize_log())) return sanitize_log(exchange);
    if (same_question(command, get_health_log()) || same_question(command, identify_active_namespaces()))
      return {};
    if (sent_) return not_shown("more was sent than one command");
    sent_ = true;
    found_.word = command.cdw[0];
    if (exchange.answer) found_.answer = status_text(*exchange.answer);
    return sanitize_ ? sanitize(exchange) : format(exchange);
  }

  Status controller(const Exchange& exchange) {
    if (!exchange.answer || !exchange.answer->ok()) return {};
    QUIETUS_TRY(read, decode_controller(exchange.data));
    if (known_ && (read.serial != found_.controller.serial || read.model != found_.controller.model))
      return not_shown("it is about two drives");
    found_.controller = std::move(read);
    known_ = true;
    return {};
  }

  Status space(const Exchange& exchange) {
    if (sent_ || !exchange.answer || !exchange.answer->ok()) return {};
    QUIETUS_TRY(read, decode_namespace(exchange.data));
    found_.space = std::move(read);
    nsid_ = exchange.command.nsid;
    return {};
  }

  Status sanitize_log(const Exchange& exchange) {
    const bool answered = exchange.answer && exchange.answer->ok();
    const auto log = answered ? decode_sanitize_log(exchange.data)
                              : Result<SanitizeLog>(fail(ErrorKind::unavailable, "no answer"));
    if (engine_ && log) engine_->read(*log, now_ms_);
    if (engine_ && !log) engine_->unreadable(now_ms_);
    if (!engine_ && log) before_ = *log;
    return {};
  }

  /// Identify and, for a sanitize, the log must have been asked before.
  Status sanitize(const Exchange& exchange) {
    QUIETUS_TRY(wanted, nvme::sanitize(*sanitize_));
    if (!same_question(exchange.command, wanted)) return not_shown("another command was sent");
    if (!known_ || nsid_ == 0 || !before_) return not_shown("the drive was not asked before");
    engine_.emplace(found_.word, *before_, Stage::sending, Patience{}, now_ms_);
    if (exchange.answer) engine_->answered(*exchange.answer, now_ms_);
    return {};
  }

  Status format(const Exchange& exchange) {
    if (!known_ || nsid_ == 0) return not_shown("the drive was not asked before");
    const auto wanted = format_nvm(nsid_, *format_, found_.space.format);
    if (!same_question(exchange.command, wanted) || (found_.word & kSecureEraseSettings) == 0)
      return not_shown("another command was sent");
    if (!exchange.answer || is_path_failure(*exchange.answer)) {
      found_.outcome = Outcome::vanished;
    } else {
      found_.outcome = exchange.answer->ok() ? Outcome::succeeded : Outcome::refused;
    }
    found_.why = exchange.answer ? status_text(*exchange.answer) : exchange.answer.error().message;
    return {};
  }

  std::optional<SanitizeRequest> sanitize_;
  std::optional<FormatErase> format_;
  Retraced found_;
  std::optional<SanitizeLog> before_;
  std::optional<CompletionEngine> engine_;
  std::uint32_t nsid_ = 0;
  std::int64_t now_ms_ = 0;
  bool known_ = false, sent_ = false;
};

}  // namespace

Result<Retraced> retrace(std::string_view transcript, std::string_view drive_command) {
  QUIETUS_TRY(exchanges, parse_transcript(transcript));
  return Retracer(drive_command).follow(exchanges);
}

}  // namespace quietus::nvme
