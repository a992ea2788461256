#include "eraser/run/comparer.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "eraser/verify/reread.hpp"

namespace quietus::eraser {
namespace {

/// Small enough to stay in the processor's cache beside what it is compared with.
constexpr std::size_t kPieceBytes = std::size_t{32} << 10;

std::optional<std::uint64_t> first_difference(std::uint64_t offset, std::span<const std::uint8_t> piece,
                                              std::span<const std::uint8_t> wanted) {
  if (std::memcmp(piece.data(), wanted.data(), piece.size()) == 0) return std::nullopt;
  const auto where = std::ranges::mismatch(piece, wanted).in1 - piece.begin();
  return offset + static_cast<std::uint64_t>(where);
}

/// `expected`: room for what is generated.
Result<std::optional<std::uint64_t>> first_difference(const Plan& plan, const Comparer::Chunk& chunk,
                                                      std::span<std::uint8_t> expected) {
  for (std::size_t at = 0; at < chunk.data.size(); at += expected.size()) {
    const auto piece = chunk.data.subspan(at, std::min(expected.size(), chunk.data.size() - at));
    const auto wanted = expected.first(piece.size());
    QUIETUS_CHECK(fill_expected(plan, chunk.offset + at, wanted));
    if (const auto found = first_difference(chunk.offset + at, piece, wanted)) return found;
  }
  return std::nullopt;
}

}  // namespace

Comparer::Comparer(const Plan& plan) : plan_(plan), zeros_(kPieceBytes), worker_([this] { work(); }) {}

bool Comparer::compare_here(Chunk& chunk) const {
  if (plan_.pattern != OverwritePattern::zeros) return false;
  for (std::size_t at = 0; at < chunk.data.size() && !chunk.differs_at; at += zeros_.size()) {
    const auto piece = chunk.data.subspan(at, std::min(zeros_.size(), chunk.data.size() - at));
    chunk.differs_at = first_difference(chunk.offset + at, piece, std::span(zeros_).first(piece.size()));
  }
  return true;
}

Comparer::~Comparer() {
  {
    MutexLock lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  worker_.join();
}

void Comparer::give(const Chunk& chunk) {
  MutexLock lock(mutex_);
  given_.push_back(chunk);
  changed_.notify_all();
}

Result<std::optional<Comparer::Chunk>> Comparer::take(bool wait) {
  MutexLock lock(mutex_);
  while (wait && compared_.empty() && !failure_) changed_.wait(mutex_);
  if (failure_) return std::unexpected(*failure_);
  if (compared_.empty()) return std::nullopt;
  const Chunk chunk = compared_.front();
  compared_.pop_front();
  return chunk;
}

void Comparer::work() {
  std::vector<std::uint8_t> expected(kPieceBytes);
  for (;;) {
    Chunk chunk;
    {
      MutexLock lock(mutex_);
      while (given_.empty() && !ending_) changed_.wait(mutex_);
      if (ending_) return;
      chunk = given_.front();
      given_.pop_front();
    }
    const auto found = first_difference(plan_, chunk, expected);
    MutexLock lock(mutex_);
    if (!found) failure_ = found.error();
    if (found) compared_.push_back({chunk.offset, chunk.data, chunk.buffer, *found});
    changed_.notify_all();
    if (!found) return;
  }
}

}  // namespace quietus::eraser
