#include "eraser/run/comparer.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "eraser/verify/reread.hpp"

namespace quietus::eraser {
namespace {

/// Small enough to stay in the processor's cache beside what it is compared with.
constexpr std::size_t kPieceBytes = std::size_t{32} << 10;

Result<std::optional<std::uint64_t>> first_difference(const Plan& plan, const Comparer::Chunk& chunk,
                                                      std::span<std::uint8_t> expected) {
  const bool same_everywhere = plan.pattern == OverwritePattern::zeros;  // `expected` stays what it is
  for (std::size_t at = 0; at < chunk.data.size(); at += expected.size()) {
    const auto piece = chunk.data.subspan(at, std::min(expected.size(), chunk.data.size() - at));
    const auto wanted = expected.first(piece.size());
    if (!same_everywhere || at == 0) QUIETUS_CHECK(fill_expected(plan, chunk.offset + at, wanted));
    if (std::memcmp(piece.data(), wanted.data(), piece.size()) == 0) continue;
    const auto where = std::ranges::mismatch(piece, wanted).in1 - piece.begin();
    return chunk.offset + at + static_cast<std::uint64_t>(where);
  }
  return std::nullopt;
}

}  // namespace

Comparer::Comparer(const Plan& plan) : plan_(plan), worker_([this] { work(); }) {}

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
