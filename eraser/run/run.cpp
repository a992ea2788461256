#include "eraser/run/run.hpp"

#include <algorithm>
#include <chrono>

#include "base/crash_point.hpp"
#include "base/encoding.hpp"
#include "eraser/run/pattern_source.hpp"

namespace quietus::eraser {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kChunkBytes = 1 << 20;
constexpr std::size_t kNarrowBytes =
    64 << 10;  // a bad chunk is tried again in pieces, to name the bad range closely
constexpr std::size_t kMostBadRanges = 64;

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
  Run(BlockDevice& device, const RunRequest& request, const RunHooks& hooks, Journal journal)
      : device_(device),
        request_(request),
        hooks_(hooks),
        journal_(std::move(journal)),
        resumed_from_(journal_.done_bytes),
        journaled_bytes_(journal_.done_bytes) {}

  Result<EraserReport> carry_out() {
    const auto source = make_pattern_source(request_.plan, journal_.done_bytes, kChunkBytes);
    while (journal_.done_bytes < request_.plan.length_bytes) {
      if (hooks_.stop && hooks_.stop()) return stopped();
      QUIETUS_CHECK(check_size(device_, request_.plan));
      QUIETUS_TRY(chunk, source->next());
      QUIETUS_CHECK(write_chunk(chunk));
      crash_point(CrashPoint::eraser_overwriting);
      QUIETUS_CHECK(journal_when_due());
      if (hooks_.progress) hooks_.progress(progress_of(journal_, resumed_from_, began_));
    }
    QUIETUS_CHECK(check_size(device_, request_.plan));
    QUIETUS_CHECK(write_journal());
    crash_point(CrashPoint::eraser_overwritten);
    return report();
  }

 private:
  std::unexpected<Error> stopped() {
    auto written = write_journal();
    if (!written) return std::unexpected(written.error());
    return fail(ErrorKind::unavailable, "stopped at byte " + std::to_string(journal_.done_bytes),
                "the run continues there");
  }

  Status write_chunk(BytesView chunk) {
    if (!device_.write(journal_.done_bytes, chunk)) QUIETUS_CHECK(write_narrowly(chunk));
    journal_.done_bytes += chunk.size();
    return {};
  }

  /// After a failure: as much of the chunk as the medium takes, the rest noted. The run will fail, but what
  /// can be overwritten is.
  Status write_narrowly(BytesView chunk) {
    for (std::size_t at = 0; at < chunk.size(); at += kNarrowBytes) {
      const auto piece = chunk.subspan(at, std::min(kNarrowBytes, chunk.size() - at));
      const auto status = device_.write(journal_.done_bytes + at, piece);
      if (status) continue;
      QUIETUS_CHECK(check_size(device_, request_.plan));
      journal_.bad_ranges.push_back(std::to_string(journal_.done_bytes + at) + "+" +
                                    std::to_string(piece.size()) + ": " + status.error().message);
      if (journal_.bad_ranges.size() >= kMostBadRanges) {
        return fail(ErrorKind::io, "given up after " + std::to_string(kMostBadRanges) +
                                       " bad ranges, the first " + journal_.bad_ranges.front());
      }
    }
    return {};
  }

  Status journal_when_due() {
    const bool due = journal_.done_bytes - journaled_bytes_ >= hooks_.journal_every_bytes ||
                     ms_since(journaled_at_) >= hooks_.journal_every_ms;
    return due ? write_journal() : Status{};
  }

  /// Flush first: the journal may never be ahead of the medium.
  Status write_journal() {
    QUIETUS_CHECK(device_.flush());
    QUIETUS_CHECK(save_journal(request_.journal_path, journal_));
    journaled_bytes_ = journal_.done_bytes;
    journaled_at_ = Steady::now();
    crash_point(CrashPoint::eraser_journal_written);
    return {};
  }

  [[nodiscard]] Result<EraserReport> report() const {
    if (!journal_.bad_ranges.empty()) {
      return fail(ErrorKind::io,
                  std::to_string(journal_.bad_ranges.size()) +
                      " ranges could not be overwritten, the first " + journal_.bad_ranges.front(),
                  "destroy the medium physically");
    }
    EraserReport report;
    report.order = request_.order;
    report.holding = request_.holding;
    report.mandate_digest = request_.mandate_digest;
    report.bytes_overwritten = journal_.done_bytes;
    report.resumed_from = resumed_from_;
    report.tool = request_.tool;
    report.io_mode = request_.io_mode;
    report.started = journal_.started;
    report.finished = system_now();
    return report;
  }

  BlockDevice& device_;
  const RunRequest& request_;
  const RunHooks& hooks_;
  Journal journal_;
  const std::uint64_t resumed_from_;
  std::uint64_t journaled_bytes_;
  const Steady::time_point began_ = Steady::now();
  Steady::time_point journaled_at_ = began_;
};

}  // namespace

Result<EraserReport> run_plan(BlockDevice& device, const RunRequest& request, const RunHooks& hooks) {
  QUIETUS_CHECK(check_size(device, request.plan));
  QUIETUS_TRY(journal, journal_for(request));
  return Run(device, request, hooks, std::move(journal)).carry_out();
}

}  // namespace quietus::eraser
