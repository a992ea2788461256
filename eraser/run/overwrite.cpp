#include "eraser/run/overwrite.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace quietus::eraser {
namespace {

constexpr std::chrono::milliseconds kHeldBack{5};

}  // namespace

Status Overwrite::carry_out(std::uint64_t from, std::uint64_t to, const Pace& pace) {
  next_ = from;
  for (;;) {
    while (next_ < to && failed_.empty() && transfers_.in_flight() < pace.depth && !hooks_.hold_back())
      QUIETUS_CHECK(begin_chunk());
    if (transfers_.in_flight() > 0) {
      QUIETUS_CHECK(settle_one());
      continue;
    }
    QUIETUS_CHECK(write_failed_narrowly());
    QUIETUS_CHECK(hooks_.idle());
    if (next_ >= to) return {};
    if (!hooks_.hold_back()) continue;
    QUIETUS_CHECK(hooks_.before_chunk());
    std::this_thread::sleep_for(kHeldBack);
  }
}

Status Overwrite::begin_chunk() {
  QUIETUS_CHECK(hooks_.before_chunk());
  QUIETUS_TRY(chunk, source_.next());
  const std::uint64_t offset = next_;
  if (offset % kDirectAlignment != 0 || chunk.data.size() % kDirectAlignment != 0) return write_alone(chunk);
  QUIETUS_CHECK(transfers_.begin(IoAction::write, offset, chunk.data, chunk.buffer));
  outstanding_.insert(offset);
  next_ += chunk.data.size();
  hooks_.begun(chunk.data.size());
  return {};
}

Status Overwrite::settle_one() {
  QUIETUS_TRY(done, transfers_.next());
  if (done.failure.empty()) return finished(done.offset, done.note);
  failed_.push_back(done);
  return {};
}

Status Overwrite::settle_rest() {
  while (transfers_.in_flight() > 0) QUIETUS_CHECK(settle_one());
  return {};
}

/// As much of the failed chunks as the medium takes, the rest noted. The run will fail, but what can be
/// overwritten is.
Status Overwrite::write_failed_narrowly() {
  std::ranges::sort(failed_, {}, &TransferDone::offset);
  for (const auto& chunk : std::exchange(failed_, {})) {
    QUIETUS_CHECK(write_narrowly(chunk));
    QUIETUS_CHECK(finished(chunk.offset, chunk.note));
  }
  return {};
}

Status Overwrite::write_narrowly(const TransferDone& chunk) {
  for (std::size_t at = 0; at < chunk.data.size(); at += kNarrowBytes) {
    const auto piece = chunk.data.subspan(at, std::min(kNarrowBytes, chunk.data.size() - at));
    QUIETUS_CHECK(transfers_.begin(IoAction::write, chunk.offset + at, piece));
    QUIETUS_TRY(done, transfers_.next());
    if (!done.failure.empty()) QUIETUS_CHECK(note_bad(done.offset, piece.size(), done.failure));
  }
  return {};
}

Status Overwrite::write_alone(const PatternSource::Chunk& chunk) {
  const std::uint64_t offset = next_;
  outstanding_.insert(offset);
  next_ += chunk.data.size();
  if (const auto status = device_.write(offset, chunk.data); !status)
    QUIETUS_CHECK(note_bad(offset, chunk.data.size(), status.error().message));
  return finished(offset, chunk.buffer);
}

Status Overwrite::finished(std::uint64_t offset, std::size_t buffer) {
  source_.give_back(buffer);
  outstanding_.erase(offset);
  return hooks_.settled(done());
}

Status Overwrite::note_bad(std::uint64_t offset, std::size_t length, const std::string& why) {
  if (device_.size_bytes() != plan_.length_bytes)
    return fail(ErrorKind::io, "the medium changed its size while it was overwritten");
  bad_ranges_.push_back(bad_range(offset, length, why));
  if (bad_ranges_.size() < kMostBadRanges) return {};
  return fail(ErrorKind::io,
              "given up after " + std::to_string(kMostBadRanges) + " bad ranges: " + joined(bad_ranges_),
              "destroy the medium physically");
}

}  // namespace quietus::eraser
