#include "eraser/run/pattern_source.hpp"

#include <algorithm>
#include <cstring>
#include <deque>
#include <optional>
#include <thread>

#include "base/mutex.hpp"
#include "eraser/verify/reread.hpp"

namespace quietus::eraser {
namespace {

std::size_t chunk_at(const PatternStretch& stretch, std::uint64_t offset) {
  if (offset >= stretch.to) return 0;
  return static_cast<std::size_t>(std::min<std::uint64_t>(stretch.chunk_bytes, stretch.to - offset));
}

/// Every chunk is the same: all transfers are made from the same memory, which stays in the processor's
/// cache.
class ZeroSource final : public PatternSource {
 public:
  ZeroSource(const PatternStretch& stretch, std::span<std::uint8_t> memory)
      : stretch_(stretch), offset_(stretch.from), zeros_(memory.first(stretch.chunk_bytes)) {
    std::memset(zeros_.data(), 0, zeros_.size());
  }

  Result<Chunk> next() override {
    const auto length = chunk_at(stretch_, offset_);
    offset_ += length;
    return Chunk{zeros_.first(length), 0};
  }
  void give_back(std::size_t) override {}

 private:
  const PatternStretch stretch_;
  std::uint64_t offset_;
  const std::span<std::uint8_t> zeros_;
};

/// A buffer belongs to exactly one of: free_, ready_, the generator (being filled) or the caller.
class StreamSource final : public PatternSource {
 public:
  StreamSource(const Plan& plan, const PatternStretch& stretch, std::span<std::uint8_t> memory)
      : plan_(plan), stretch_(stretch), memory_(memory) {
    for (std::size_t i = 0; i < memory.size() / stretch.chunk_bytes; ++i) free_.push_back(i);
    generator_ = std::thread([this] { generate(); });
  }
  ~StreamSource() override {
    {
      MutexLock lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    generator_.join();
  }
  StreamSource(const StreamSource&) = delete;
  StreamSource& operator=(const StreamSource&) = delete;

  Result<Chunk> next() override {
    MutexLock lock(mutex_);
    while (ready_.empty() && !failure_) changed_.wait(mutex_);
    if (ready_.empty()) return std::unexpected(*failure_);
    const Chunk chunk = ready_.front();
    if (!chunk.data.empty()) ready_.pop_front();  // the end stays in front: every later call sees it too
    return chunk;
  }
  void give_back(std::size_t buffer) override {
    MutexLock lock(mutex_);
    free_.push_back(buffer);
    changed_.notify_all();
  }

 private:
  std::optional<std::size_t> take_free() QUIETUS_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    while (free_.empty() && !stopping_) changed_.wait(mutex_);
    if (stopping_) return std::nullopt;
    const std::size_t buffer = free_.front();
    free_.pop_front();
    return buffer;
  }

  void generate() {
    for (std::uint64_t at = stretch_.from;;) {
      const auto buffer = take_free();
      if (!buffer) return;
      const auto data = memory_.subspan(*buffer * stretch_.chunk_bytes, chunk_at(stretch_, at));
      const auto status = fill_expected(plan_, at, data);
      at += data.size();
      MutexLock lock(mutex_);
      if (!status) failure_ = status.error();
      if (status) ready_.push_back({data, *buffer});
      changed_.notify_all();
      if (!status || data.empty()) return;
    }
  }

  const Plan plan_;
  const PatternStretch stretch_;
  const std::span<std::uint8_t> memory_;
  Mutex mutex_;
  ConditionVariable changed_;
  std::deque<std::size_t> free_ QUIETUS_GUARDED_BY(mutex_);
  std::deque<Chunk> ready_ QUIETUS_GUARDED_BY(mutex_);
  std::optional<Error> failure_ QUIETUS_GUARDED_BY(mutex_);
  bool stopping_ QUIETUS_GUARDED_BY(mutex_) = false;
  std::thread generator_;
};

}  // namespace

std::unique_ptr<PatternSource> make_pattern_source(const Plan& plan, const PatternStretch& stretch,
                                                   std::span<std::uint8_t> memory) {
  if (plan.pattern == OverwritePattern::stream) return std::make_unique<StreamSource>(plan, stretch, memory);
  return std::make_unique<ZeroSource>(stretch, memory);
}

}  // namespace quietus::eraser
