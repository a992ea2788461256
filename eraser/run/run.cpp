#include "eraser/run/run.hpp"

#include <algorithm>
#include <chrono>

#include "base/crash_point.hpp"
#include "base/encoding.hpp"
#include "eraser/run/hold_back.hpp"
#include "eraser/run/overwrite.hpp"
#include "eraser/run/read_back.hpp"

namespace quietus::eraser {
namespace {

using Steady = std::chrono::steady_clock;

std::int64_t ms_since(Steady::time_point then) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - then).count();
}

/// Bytes per second since the run began, and what is left at that pace.
RunProgress progress_of(const Journal& journal, std::uint64_t from, Steady::time_point began) {
  RunProgress progress{journal.done_bytes, journal.plan.length_bytes, 0, 0};
  const auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(ms_since(began), 1));
  progress.rate_bytes_per_s = (journal.done_bytes - from) * 1000 / ms;
  if (progress.rate_bytes_per_s > 0) {
    progress.eta_s = (progress.total_bytes - progress.done_bytes) / progress.rate_bytes_per_s;
  }
  return progress;
}

Result<Journal> journal_for(const RunRequest& request) {
  QUIETUS_TRY(known, load_journal(request.journal_path));
  if (!known) {
    Journal fresh{
        request.order, request.holding, request.identity, request.plan, request.mandate_digest, 0, {},
        system_now()};
    QUIETUS_CHECK(save_journal(request.journal_path, fresh));
    return fresh;
  }
  if (known->order != request.order || known->holding != request.holding || known->plan != request.plan ||
      !same_medium(known->identity, request.identity)) {
    return fail(ErrorKind::conflict,
                "the journal is about another order, medium or plan: " + request.journal_path,
                "ask for a mandate over the journal's plan");
  }
  known->mandate_digest = request.mandate_digest;
  return std::move(*known);
}

Status check_size(const BlockDevice& device, const Plan& plan) {
  if (plan.pattern == OverwritePattern::none)
    return fail(ErrorKind::invalid_input, "the plan is for a command of the drive, nothing is to be written");
  const auto size = device.size_bytes();
  if (size == plan.length_bytes) return {};
  return fail(ErrorKind::io, "the medium has " + std::to_string(size) + " bytes, the plan is for " +
                                 std::to_string(plan.length_bytes));
}

/// One run over one medium: the state that its steps share.
class Run {
 public:
  Run(BlockDevice& device, IoQueue& queue, const RunRequest& request, const RunHooks& hooks, Journal journal)
      : device_(device),
        queue_(queue),
        transfers_(queue, device.block_bytes(), hooks.stall_ms),
        request_(request),
        hooks_(hooks),
        hold_back_(hooks.pause, hooks.most_bytes_per_s),
        journal_(std::move(journal)),
        resumed_from_(journal_.done_bytes),
        journaled_bytes_(journal_.done_bytes) {}

  Result<EraserReport> carry_out() {
    QUIETUS_TRY(pace,
                at_the_best_pace(queue_, journal_.done_bytes, request_.plan.length_bytes,
                                 [&](const Pace& tried, std::uint64_t to) { return overwrite(tried, to); }));
    QUIETUS_CHECK(check_size(device_, request_.plan));
    QUIETUS_CHECK(write_journal());
    crash_point(CrashPoint::eraser_overwritten);
    QUIETUS_CHECK(no_bad_range());
    if (request_.read_back) QUIETUS_CHECK(check_content());
    return report(pace);
  }

 private:
  Status overwrite(const Pace& pace, std::uint64_t to) {
    if (journal_.done_bytes >= to) return {};
    const auto source =
        make_pattern_source(request_.plan, {journal_.done_bytes, to, pace.chunk_bytes}, queue_.memory());
    const OverwriteHooks hooks{
        [&] { return before_chunk(); },
        [&] { return journal_is_due() || hold_back_.now(); },
        [&](std::size_t bytes) { hold_back_.spent(bytes); },
        [&](std::uint64_t done) { return settled(done); },
        [&] { return journal_is_due() ? write_journal() : Status{}; },
    };
    Overwrite window(device_, transfers_, request_.plan, *source, hooks, journal_.bad_ranges);
    auto status = window.carry_out(journal_.done_bytes, to, pace);
    const bool orderly = !status && stopping_;
    if (orderly) QUIETUS_CHECK(window.settle_rest());
    static_cast<void>(transfers_.drain());  // before the source and its thread are gone
    if (!orderly) return status;
    return stopped();
  }

  Status before_chunk() {
    stopping_ = hooks_.stop && hooks_.stop();
    if (stopping_) return fail(ErrorKind::unavailable, "stopped");
    return check_size(device_, request_.plan);
  }

  Status settled(std::uint64_t done) {
    const bool further = done > journal_.done_bytes;
    journal_.done_bytes = done;
    crash_point(CrashPoint::eraser_overwriting);
    if (further && hooks_.progress) hooks_.progress(progress_of(journal_, resumed_from_, began_));
    return {};
  }

  std::unexpected<Error> stopped() {
    auto written = write_journal();
    if (!written) return std::unexpected(written.error());
    return fail(ErrorKind::unavailable, "stopped at byte " + std::to_string(journal_.done_bytes),
                "the run continues there");
  }

  [[nodiscard]] bool journal_is_due() const {
    return journal_.done_bytes != journaled_bytes_ &&
           (journal_.done_bytes - journaled_bytes_ >= hooks_.journal_every_bytes ||
            ms_since(journaled_at_) >= hooks_.journal_every_ms);
  }

  /// Flush first: the journal may never be ahead of the medium.
  Status write_journal() {
    QUIETUS_CHECK(transfers_.flush());
    QUIETUS_CHECK(save_journal(request_.journal_path, journal_));
    journaled_bytes_ = journal_.done_bytes;
    journaled_at_ = Steady::now();
    crash_point(CrashPoint::eraser_journal_written);
    return {};
  }

  [[nodiscard]] Status no_bad_range() const {
    if (journal_.bad_ranges.empty()) return {};
    return fail(ErrorKind::io,
                std::to_string(journal_.bad_ranges.size()) +
                    " ranges could not be overwritten: " + joined(journal_.bad_ranges),
                "destroy the medium physically");
  }

  [[nodiscard]] Status check_content() {
    QUIETUS_TRY(found, read_back(device_, queue_, request_.plan, {hooks_.stop, hooks_.stall_ms}));
    if (found.all_match(request_.plan)) return {};
    return fail(ErrorKind::verification_failed,
                "read back, the medium does not hold what was written: " + joined(found.wrong),
                "destroy the medium physically");
  }

  [[nodiscard]] EraserReport report(const Pace& pace) const {
    EraserReport report;
    report.order = request_.order;
    report.holding = request_.holding;
    report.mandate_digest = request_.mandate_digest;
    report.bytes_overwritten = journal_.done_bytes;
    report.resumed_from = resumed_from_;
    report.tool = request_.tool;
    report.io_mode = request_.io_mode + ", " + queue_.name() + ", " + to_string(pace);
    if (request_.read_back) report.io_mode += ", every byte read back";
    report.started = journal_.started;
    report.finished = system_now();
    return report;
  }

  BlockDevice& device_;
  IoQueue& queue_;
  Transfers transfers_;
  const RunRequest& request_;
  const RunHooks& hooks_;
  HoldBack hold_back_;
  Journal journal_;
  const std::uint64_t resumed_from_;
  std::uint64_t journaled_bytes_;
  bool stopping_ = false;
  const Steady::time_point began_ = Steady::now();
  Steady::time_point journaled_at_ = began_;
};

}  // namespace

Result<EraserReport> run_plan(BlockDevice& device, IoQueue& queue, const RunRequest& request,
                              const RunHooks& hooks) {
  QUIETUS_CHECK(check_size(device, request.plan));
  QUIETUS_TRY(journal, journal_for(request));
  return Run(device, queue, request, hooks, std::move(journal)).carry_out();
}

Result<EraserReport> run_plan(BlockDevice& device, const RunRequest& request, const RunHooks& hooks) {
  const auto queue = one_at_a_time(device);
  return run_plan(device, *queue, request, hooks);
}

}  // namespace quietus::eraser
