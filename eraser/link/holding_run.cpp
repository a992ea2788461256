#include "eraser/link/holding_run.hpp"

#include <chrono>
#include <thread>

#include "base/crash_point.hpp"
#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/log.hpp"
#include "eraser/link/progress_reporter.hpp"
#include "eraser/plan/choice.hpp"
#include "eraser/run/run.hpp"
#include "eraser/verify/fd_block_device.hpp"
#include "proof/documents.hpp"
#include "proof/statement.hpp"

namespace quietus::eraser {
namespace {

constexpr std::string_view kTool = "quietus-eraser 0.1.0";
constexpr std::uint64_t kProgressParts = 65536;  // SPROG
constexpr int kAttempts = 60;
constexpr int kFirstDelayMs = 100, kLongestDelayMs = 2000;

std::string journal_path(const EraserSettings& settings, const WorkItem& item) {
  return settings.state_dir + "/journals/" + item.order.text() + "." + item.holding.text() + ".json";
}

bool worth_another_try(const Error& error) {
  return error.kind == ErrorKind::unavailable || error.kind == ErrorKind::timed_out;
}

/// An answer of kms is never a fault of the medium: the work list is asked again.
template <class R>
R later(R result) {
  if (!result) result.error().kind = ErrorKind::unavailable;
  return result;
}

/// Work that has been done is not thrown away because kms is restarting: about two minutes of patience.
template <class Call>
auto patiently(const std::function<bool()>& stop, Call call) -> decltype(call()) {
  int delay_ms = kFirstDelayMs;
  for (int attempt = 1;; ++attempt) {
    auto result = call();
    if (result || !worth_another_try(result.error()) || attempt == kAttempts || stop()) return later(result);
    std::this_thread::sleep_for(std::chrono::milliseconds(delay_ms));
    delay_ms = std::min(delay_ms * 2, kLongestDelayMs);
  }
}

class HoldingRun {
 public:
  HoldingRun(const EraserSettings& settings, KmsClient& kms, const WorkItem& item,
             const std::function<bool()>& stop, AgentClient agent)
      : settings_(settings),
        kms_(kms),
        item_(item),
        stop_(stop),
        agent_(std::move(agent)),
        journal_path_(journal_path(settings, item)) {}

  Result<Verdict> carry_out() {
    if (asks_the_drive()) QUIETUS_CHECK(ask_what_drives_can());
    QUIETUS_TRY(facts, obtain_facts());
    QUIETUS_TRY(plan, settle_plan(facts));
    QUIETUS_TRY(mandate_digest, obtain_mandate(plan));
    const bool by_drive = plan.pattern == OverwritePattern::none;
    QUIETUS_TRY(report,
                by_drive ? command_drive(plan, mandate_digest) : overwrite(facts, plan, mandate_digest));
    return prove(report, plan.length_bytes);
  }

 private:
  [[nodiscard]] bool asks_the_drive() const {
    const bool demanded = item_.line.least_claim > SanitizationMethod::clear;
    return settings_.drive_commands == DriveCommands::preferred ||
           (demanded && settings_.drive_commands == DriveCommands::when_demanded);
  }

  /// Before the medium is opened: nobody else may ask it then.
  Status ask_what_drives_can() {
    QUIETUS_TRY(list, agent_.list());
    for (const auto& one : list.array() != nullptr ? *list.array() : Json::Array{}) {
      const Json *identity = one.find("identity"), *can = one.find("can");
      const Json* path = identity != nullptr ? identity->find("path") : nullptr;
      if (path == nullptr || path->string() == nullptr || *path->string() != item_.line.device.path) continue;
      if (can == nullptr || can->array() == nullptr) continue;
      for (const auto& command : *can->array())
        if (command.string() != nullptr) can_.push_back(*command.string());
    }
    return {};
  }

  Result<Facts> obtain_facts() {
    QUIETUS_TRY(statement, agent_.open(item_.line.device.path));
    facts_ = statement;
    return proof::decode_facts(statement.payload);
  }

  /// A resumed run keeps the journal's plan: its seed says what the first part of the medium already holds.
  Result<Plan> settle_plan(const Facts& facts) {
    auto journal = load_journal(journal_path_);
    if (!journal && journal.error().kind != ErrorKind::corrupt) return std::unexpected(journal.error());
    if (!journal)
      log(LogLevel::warning, "journal unreadable, starting over", {{"reason", journal.error().message}});
    if (journal && *journal && same_medium((*journal)->identity, facts.identity)) return (*journal)->plan;
    const Preferences preferences{settings_.pattern, settings_.drive_commands};
    QUIETUS_TRY(plan, choose_plan(facts.identity, item_.line, can_, preferences, random_digest()));
    const Journal fresh{item_.order, item_.holding, facts.identity, plan, {}, 0, {}, system_now()};
    QUIETUS_CHECK(
        save_journal(journal_path_, fresh));  // before kms signs it: a crash must not change the plan
    return std::move(plan);
  }

  Result<Digest> obtain_mandate(const Plan& plan) {
    QUIETUS_TRY(given, kms_.request_mandate(item_.holding, facts_, plan));
    crash_point(CrashPoint::eraser_facts_sent);
    QUIETUS_CHECK(agent_.mandate(given.mandate, given.order, given.approvals));
    return proof::statement_digest(given.mandate);
  }

  Result<EraserReport> overwrite(const Facts& facts, const Plan& plan, const Digest& mandate_digest) {
    QUIETUS_TRY(own_kms, KmsClient::create(settings_));
    ProgressReporter reporter(std::move(own_kms), item_.holding);
    QUIETUS_TRY(descriptor, agent_.lend());
    QUIETUS_TRY(device, FdBlockDevice::adopt(std::move(descriptor)));
    QUIETUS_TRY(queue, open_io_queue(device->descriptor()));
    const RunRequest request{
        item_.order,        item_.holding, facts.identity,     plan,
        mandate_digest,     journal_path_, std::string(kTool), device->direct() ? "O_DIRECT" : "buffered",
        settings_.read_back};
    RunHooks hooks;
    hooks.most_bytes_per_s = settings_.most_bytes_per_s;
    hooks.stop = [&] { return stop_() || !agent_.alive() || reporter.told_to_stop(); };
    hooks.progress = [&](const RunProgress& p) {
      reporter.say({"overwriting", p.done_bytes, p.total_bytes, p.rate_bytes_per_s});
    };
    return run_plan(*device, *queue, request, hooks);  // the descriptor is closed when this returns
  }

  /// Minutes to hours, in the drive: it cannot be stopped, only left alone. Whoever comes back takes it up.
  Result<EraserReport> command_drive(const Plan& plan, const Digest& mandate_digest) {
    QUIETUS_TRY(own_kms, KmsClient::create(settings_));
    ProgressReporter reporter(std::move(own_kms), item_.holding);
    EraserReport report;
    report.order = item_.order;
    report.holding = item_.holding;
    report.mandate_digest = mandate_digest;
    report.tool = std::string(kTool);
    report.io_mode = "the drive's own command, sent by the agent";
    report.started = system_now();
    for (;;) {
      QUIETUS_TRY(at, agent_.erase());
      if (at.over) break;
      if (stop_() || reporter.told_to_stop())
        return fail(ErrorKind::unavailable, "stopped waiting; the drive works on");
      reporter.say(
          {"erasing by the drive", plan.length_bytes / kProgressParts * at.progress, plan.length_bytes, 0});
      std::this_thread::sleep_for(std::chrono::milliseconds(std::min(settings_.poll_ms, kLongestDelayMs)));
    }
    report.finished = system_now();
    return report;
  }

  Result<Verdict> prove(const EraserReport& report, std::uint64_t length_bytes) {
    const auto done = report.bytes_overwritten;
    static_cast<void>(kms_.report_progress(item_.holding, {"re-reading", length_bytes, length_bytes, 0}));
    QUIETUS_TRY(sample, patiently(stop_, [&] { return kms_.request_sample(item_.holding, report); }));
    crash_point(CrashPoint::eraser_report_sent);
    QUIETUS_TRY(evidence, agent_.sample(sample, sha256(proof::encode(report)), done));
    crash_point(CrashPoint::eraser_evidence_received);
    return patiently(
        stop_, [&] { return kms_.accept_evidence(item_.holding, evidence.statement, evidence.transcript); });
  }

  const EraserSettings& settings_;
  KmsClient& kms_;
  const WorkItem& item_;
  const std::function<bool()>& stop_;
  AgentClient agent_;
  const std::string journal_path_;
  SignedStatement facts_;
  std::vector<std::string> can_;  // erasure commands of the medium, by the agent's word
};

}  // namespace

Result<Verdict> run_holding(const EraserSettings& settings, KmsClient& kms, const WorkItem& item,
                            const std::function<bool()>& stop) {
  QUIETUS_TRY(agent, AgentClient::connect(settings.agent_socket));
  return HoldingRun(settings, kms, item, stop, std::move(agent)).carry_out();
}

Status forget_run(const EraserSettings& settings, const WorkItem& item) {
  return remove_journal(journal_path(settings, item));
}

}  // namespace quietus::eraser
