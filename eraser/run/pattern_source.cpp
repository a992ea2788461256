#include "eraser/run/pattern_source.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <thread>
#include <vector>

#include "base/mutex.hpp"
#include "eraser/verify/aligned_buffer.hpp"
#include "eraser/verify/reread.hpp"

namespace quietus::eraser {
namespace {

std::size_t chunk_at(const Plan& plan, std::uint64_t offset, std::size_t chunk_bytes) {
  if (offset >= plan.length_bytes) return 0;
  return static_cast<std::size_t>(std::min<std::uint64_t>(chunk_bytes, plan.length_bytes - offset));
}

/// Every chunk is the same: one buffer, filled once.
class ZeroSource final : public PatternSource {
 public:
  ZeroSource(const Plan& plan, std::uint64_t offset, std::size_t chunk_bytes)
      : plan_(plan), offset_(offset), chunk_bytes_(chunk_bytes), zeros_(chunk_bytes) {}

  Result<BytesView> next() override {
    const auto length = chunk_at(plan_, offset_, chunk_bytes_);
    offset_ += length;
    return zeros_.view().first(length);
  }

 private:
  Plan plan_;
  std::uint64_t offset_;
  std::size_t chunk_bytes_;
  AlignedBuffer zeros_;
};

/// A ring of buffers between the generating thread and the writer. A buffer belongs to exactly one of: free_,
/// ready_, the generator (being filled) or the writer (lent_).
class StreamSource final : public PatternSource {
 public:
  StreamSource(const Plan& plan, std::uint64_t offset, std::size_t chunk_bytes)
      : plan_(plan), offset_(offset), chunk_bytes_(chunk_bytes) {
    for (int i = 0; i < kBuffers; ++i) buffers_.emplace_back(chunk_bytes);
    for (auto& buffer : buffers_) free_.push_back(&buffer);
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

  Result<BytesView> next() override {
    MutexLock lock(mutex_);
    if (lent_ != nullptr) free_.push_back(std::exchange(lent_, nullptr));
    changed_.notify_all();
    while (ready_.empty() && !failure_) changed_.wait(mutex_);
    if (ready_.empty()) return std::unexpected(*failure_);
    const Filled filled = ready_.front();
    if (filled.length == 0) return BytesView{};  // the end stays in front: every later call sees it too
    ready_.pop_front();
    lent_ = filled.buffer;
    return filled.buffer->view().first(filled.length);
  }

 private:
  static constexpr int kBuffers = 4;
  struct Filled {
    AlignedBuffer* buffer;
    std::size_t length;
  };

  AlignedBuffer* take_free() QUIETUS_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    while (free_.empty() && !stopping_) changed_.wait(mutex_);
    if (stopping_) return nullptr;
    AlignedBuffer* buffer = free_.front();
    free_.pop_front();
    return buffer;
  }

  void generate() {
    for (std::uint64_t at = offset_;;) {
      AlignedBuffer* buffer = take_free();
      if (buffer == nullptr) return;
      const auto length = chunk_at(plan_, at, chunk_bytes_);
      const auto status = fill_expected(plan_, at, buffer->span().first(length));
      at += length;
      MutexLock lock(mutex_);
      if (!status) failure_ = status.error();
      if (status) ready_.push_back({buffer, length});
      changed_.notify_all();
      if (!status || length == 0) return;
    }
  }

  const Plan plan_;
  const std::uint64_t offset_;
  const std::size_t chunk_bytes_;
  std::deque<AlignedBuffer> buffers_;
  Mutex mutex_;
  ConditionVariable changed_;
  std::deque<AlignedBuffer*> free_ QUIETUS_GUARDED_BY(mutex_);
  std::deque<Filled> ready_ QUIETUS_GUARDED_BY(mutex_);
  AlignedBuffer* lent_ QUIETUS_GUARDED_BY(mutex_) = nullptr;
  std::optional<Error> failure_ QUIETUS_GUARDED_BY(mutex_);
  bool stopping_ QUIETUS_GUARDED_BY(mutex_) = false;
  std::thread generator_;
};

}  // namespace

std::unique_ptr<PatternSource> make_pattern_source(const Plan& plan, std::uint64_t offset,
                                                   std::size_t chunk_bytes) {
  if (plan.pattern == OverwritePattern::stream)
    return std::make_unique<StreamSource>(plan, offset, chunk_bytes);
  return std::make_unique<ZeroSource>(plan, offset, chunk_bytes);
}

}  // namespace quietus::eraser
