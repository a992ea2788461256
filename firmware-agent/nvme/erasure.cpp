#include "firmware-agent/nvme/erasure.hpp"

#include "firmware-agent/nvme/status.hpp"

namespace quietus::nvme {
namespace {

std::unexpected<Error> refusal(const std::vector<std::string>& reasons) {
  std::string all;
  for (const auto& reason : reasons) all += (all.empty() ? "" : "; ") + reason;
  return fail(ErrorKind::denied, "the drive must not be erased so: " + all);
}

std::uint64_t size_bytes(const Namespace& space) { return space.size_blocks * space.block_bytes; }

std::optional<HealthLog> health(NvmeAdmin& drive) {
  auto log = ask_health_log(drive);
  return log ? std::optional(*log) : std::nullopt;
}

Result<Markers> lay_markers(ErasureTools& tools, const DriveFacts& facts, const Digest& seed) {
  QUIETUS_TRY(markers, place_markers(seed, size_bytes(facts.space), facts.space.block_bytes));
  QUIETUS_TRY(writer, tools.open_medium());
  if (writer->size_bytes() != size_bytes(facts.space))
    return fail(ErrorKind::conflict, "the drive and the kernel disagree about the size of the namespace");
  QUIETUS_CHECK(write_markers(*writer, markers));
  return markers;
}

/// The verdict is `verified` on one path only.
void look_for_markers(ErasureTools& tools, const Markers& markers, ErasureReport& report) {
  report.verdict = Verdict::failed;
  const auto medium = tools.open_medium();
  const auto search = medium ? search_markers(**medium, markers) : std::unexpected(medium.error());
  if (!search) {
    report.why += "; the medium cannot be read back: " + search.error().message;
    return;
  }
  report.markers = *search;
  if (search->gone()) report.verdict = Verdict::verified;
  if (search->surviving > 0)
    report.why += "; but " + std::to_string(search->surviving) + " markers are still there: the drive lies";
  if (search->unreadable > 0)
    report.why +=
        "; " + std::to_string(search->unreadable) + " markers can neither be read nor be called gone";
}

/// Reads the log until the engine knows the outcome. An intent follows each new stage before the next wait.
Status follow(ErasureTools& tools, CompletionEngine& engine, SanitizeIntent& intent, ErasureReport& report) {
  while (engine.outcome() == Outcome::pending) {
    if (tools.stop_requested())
      return fail(ErrorKind::unavailable, "asked to stop; the drive works on", "resume the operation");
    const auto log = ask_sanitize_log(tools.drive);
    if (log) {
      engine.read(*log, tools.clock_ms());
      report.last_log = *log;
      tools.progress(*log);
    } else {
      engine.unreadable(tools.clock_ms());
    }
    if (engine.stage() != intent.stage) {
      intent.stage = engine.stage();
      QUIETUS_CHECK(tools.intents.keep(intent));
    }
    if (engine.outcome() == Outcome::pending) tools.sleep_ms(engine.wait_ms());
  }
  return {};
}

Status conclude(ErasureTools& tools, const CompletionEngine& engine, const Markers& markers,
                ErasureReport& report) {
  report.outcome = engine.outcome();
  report.why = engine.why();
  report.seen_running = engine.seen_running();
  report.deallocated = engine.deallocated();
  if (report.outcome == Outcome::succeeded) {
    look_for_markers(tools, markers, report);
  } else {
    report.verdict = Verdict::failed;
  }
  report.health_after = health(tools.drive);
  return may_be_resumed(report.outcome) ? Status{} : tools.intents.forget();
}

SanitizeIntent intent_for(const DriveFacts& facts, std::uint32_t word, const SanitizeRequest& request,
                          const SanitizeLog& before, const Digest& seed, const std::string& context) {
  SanitizeIntent intent;
  intent.serial = facts.controller.serial;
  intent.model = facts.controller.model;
  intent.nguid = facts.space.nguid;
  intent.eui64 = facts.space.eui64;
  intent.size_bytes = size_bytes(facts.space);
  intent.word = word;
  intent.pattern = request.pattern;
  intent.before = before;
  intent.marker_seed = seed;
  intent.context = context;
  return intent;
}

Status nothing_under_way(const IntentStore& intents) {
  QUIETUS_TRY(found, intents.find());
  if (!found) return {};
  return fail(ErrorKind::conflict, "a sanitize operation of drive " + found->serial + " is under way",
              "resume it first");
}

}  // namespace

Result<ErasureReport> sanitize_namespace(ErasureTools& tools, std::uint32_t nsid,
                                         const SanitizeRequest& request, const Digest& marker_seed,
                                         const Patience& patience, const std::string& context) {
  QUIETUS_CHECK(nothing_under_way(tools.intents));
  QUIETUS_TRY(command, sanitize(request));
  ErasureReport report;
  QUIETUS_TRY(facts, ask_facts(tools.drive, nsid));
  if (const auto reasons = reasons_against(facts, request); !reasons.empty()) return refusal(reasons);
  QUIETUS_CHECK(tools.check_drive(facts));
  report.facts = facts;
  report.word = command.cdw[0];
  report.health_before = health(tools.drive);
  report.marker_seed = marker_seed;
  QUIETUS_TRY(markers, lay_markers(tools, facts, marker_seed));
  QUIETUS_TRY(before, ask_sanitize_log(tools.drive));  // after the markers: see CompletionEngine::fresh
  if (before.state == SanitizeState::running)
    return fail(ErrorKind::conflict, "the drive is already at work on a sanitize command");
  auto intent = intent_for(facts, command.cdw[0], request, before, marker_seed, context);
  QUIETUS_CHECK(tools.intents.keep(intent));
  CompletionEngine engine(command.cdw[0], before, Stage::sending, patience, tools.clock_ms());
  if (const auto answer = tools.drive.submit(command, {})) engine.answered(*answer, tools.clock_ms());
  QUIETUS_CHECK(follow(tools, engine, intent, report));
  QUIETUS_CHECK(conclude(tools, engine, markers, report));
  return report;
}

Result<ErasureReport> resume_sanitize(ErasureTools& tools, std::uint32_t nsid, const Patience& patience) {
  QUIETUS_TRY(found, tools.intents.find());
  if (!found) return fail(ErrorKind::not_found, "no sanitize operation is under way");
  auto intent = *found;
  ErasureReport report;
  report.resumed = true;
  report.word = intent.word;
  report.marker_seed = intent.marker_seed;
  QUIETUS_TRY(facts, ask_facts(tools.drive, nsid));
  if (!intent.is_about(facts.controller, facts.space))
    return fail(ErrorKind::conflict,
                "the operation is under way in drive " + intent.serial + ", not in this one");
  report.facts = facts;
  QUIETUS_TRY(markers, place_markers(intent.marker_seed, intent.size_bytes, facts.space.block_bytes));
  CompletionEngine engine(intent.word, intent.before, intent.stage, patience, tools.clock_ms());
  QUIETUS_CHECK(follow(tools, engine, intent, report));
  QUIETUS_CHECK(conclude(tools, engine, markers, report));
  return report;
}

Result<ErasureReport> format_namespace(ErasureTools& tools, std::uint32_t nsid, FormatErase erase,
                                       const Digest& marker_seed) {
  ErasureReport report;
  QUIETUS_TRY(facts, ask_facts(tools.drive, nsid));
  if (const auto reasons = reasons_against(facts, erase); !reasons.empty()) return refusal(reasons);
  QUIETUS_CHECK(tools.check_drive(facts));
  report.facts = facts;
  report.health_before = health(tools.drive);
  report.marker_seed = marker_seed;
  QUIETUS_TRY(markers, lay_markers(tools, facts, marker_seed));
  const auto command = format_nvm(nsid, erase, facts.space.format);
  report.word = command.cdw[0];
  report.verdict = Verdict::failed;
  const auto answer = tools.drive.submit(command, {});
  if (!answer || is_path_failure(*answer)) {
    report.outcome = Outcome::vanished;
    report.why = answer ? status_text(*answer) : answer.error().message;
  } else if (!answer->ok()) {
    report.outcome = Outcome::refused;
    report.why = "the drive refuses: " + status_text(*answer);
  } else {
    report.outcome = Outcome::succeeded;
    report.why = "completed";
    look_for_markers(tools, markers, report);
  }
  report.health_after = health(tools.drive);
  return report;
}

}  // namespace quietus::nvme
