#include "eraser/run/read_back.hpp"

#include <algorithm>
#include <deque>
#include <map>

#include "eraser/run/bad_ranges.hpp"
#include "eraser/run/comparer.hpp"
#include "eraser/run/transfers.hpp"

namespace quietus::eraser {
namespace {

class Reading {
 public:
  Reading(BlockDevice& device, IoQueue& queue, const Plan& plan, const ReadBackHooks& hooks)
      : device_(device),
        queue_(queue),
        plan_(plan),
        hooks_(hooks),
        transfers_(queue, device.block_bytes(), hooks.stall_ms),
        comparer_(plan) {}

  Result<ReadBackResult> carry_out() {
    QUIETUS_TRY(pace,
                at_the_best_pace(queue_, 0, plan_.length_bytes,
                                 [&](const Pace& tried, std::uint64_t to) { return read_to(tried, to); }));
    result_.pace = pace;
    for (const auto& [offset, wrong] : wrong_) result_.wrong.push_back(wrong);
    return std::move(result_);
  }

 private:
  Status read_to(const Pace& pace, std::uint64_t to) {
    if (given_up()) return {};
    free_.clear();
    for (std::size_t i = 0; i < queue_.memory().size() / pace.chunk_bytes; ++i) free_.push_back(i);
    while (next_ < to || transfers_.in_flight() > 0 || !read_.empty() || comparing_ > 0) {
      const bool may_begin =
          next_ < to && !free_.empty() && transfers_.in_flight() < pace.depth && !given_up();
      if (may_begin) {
        QUIETUS_CHECK(begin_chunk(pace, to));
      } else if (!read_.empty()) {  // only now, with the medium at work again
        const TransferDone done = read_.front();
        read_.pop_front();
        QUIETUS_CHECK(compare(done.offset, done.data, done.note, done.failure.empty()));
      } else if (transfers_.in_flight() > 0) {
        QUIETUS_CHECK(settle_one());
      } else if (comparing_ == 0) {
        return {};  // given up
      }
      QUIETUS_CHECK(take_compared(transfers_.in_flight() == 0 && read_.empty() &&
                                  (free_.empty() || next_ >= to || given_up())));
    }
    return {};
  }

  [[nodiscard]] bool given_up() const { return wrong_.size() >= kMostBadRanges; }

  Status begin_chunk(const Pace& pace, std::uint64_t to) {
    if (hooks_.stop && hooks_.stop()) return fail(ErrorKind::unavailable, "stopped while reading back");
    const std::size_t buffer = free_.back();
    free_.pop_back();
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(pace.chunk_bytes, to - next_));
    const auto data = queue_.memory().subspan(buffer * pace.chunk_bytes, length);
    const std::uint64_t offset = next_;
    next_ += length;
    if (length % kDirectAlignment == 0) return transfers_.begin(IoAction::read, offset, data, buffer);
    const auto status = device_.read(offset, data);  // the end of a file on larger blocks
    if (!status) note(offset, data.size(), status.error().message);
    return compare(offset, data, buffer, status.has_value());
  }

  Status settle_one() {
    QUIETUS_TRY(done, transfers_.next());
    if (!done.failure.empty()) note(done.offset, done.data.size(), done.failure);
    read_.push_back(done);
    return {};
  }

  Status compare(std::uint64_t offset, std::span<std::uint8_t> data, std::size_t buffer, bool was_read) {
    if (!was_read) {
      free_.push_back(buffer);
      return {};
    }
    Comparer::Chunk chunk{offset, data, buffer, std::nullopt};
    if (comparer_.compare_here(chunk)) {
      settle(chunk);
      return {};
    }
    comparer_.give(chunk);
    ++comparing_;
    return {};
  }

  Status take_compared(bool wait) {
    while (comparing_ > 0) {
      QUIETUS_TRY(chunk, comparer_.take(wait));
      if (!chunk) return {};
      --comparing_;
      wait = false;
      settle(*chunk);
    }
    return {};
  }

  void settle(const Comparer::Chunk& chunk) {
    free_.push_back(chunk.buffer);
    if (chunk.differs_at)
      note(chunk.offset, chunk.data.size(), "differs at byte " + std::to_string(*chunk.differs_at));
    else
      result_.bytes_matching += chunk.data.size();
  }

  void note(std::uint64_t offset, std::size_t length, const std::string& why) {
    wrong_[offset] = bad_range(offset, length, why);
  }

  BlockDevice& device_;
  IoQueue& queue_;
  const Plan& plan_;
  const ReadBackHooks& hooks_;
  Transfers transfers_;
  Comparer comparer_;
  std::vector<std::size_t> free_;
  std::uint64_t next_ = 0;
  std::deque<TransferDone> read_;  ///< not compared yet
  std::size_t comparing_ = 0;
  std::map<std::uint64_t, std::string> wrong_;
  ReadBackResult result_;
};

}  // namespace

Result<ReadBackResult> read_back(BlockDevice& device, IoQueue& queue, const Plan& plan,
                                 const ReadBackHooks& hooks) {
  if (device.size_bytes() != plan.length_bytes)
    return fail(ErrorKind::io, "the medium has another size than the plan");
  return Reading(device, queue, plan, hooks).carry_out();
}

}  // namespace quietus::eraser
