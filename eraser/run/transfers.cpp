#include "eraser/run/transfers.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace quietus::eraser {
namespace {

/// A signal or a kernel short of memory is no fault of the medium, but not for ever.
constexpr int kMostInterruptions = 1000;

std::string_view word_for(IoAction action) {
  switch (action) {
    case IoAction::read:
      return "read";
    case IoAction::write:
      return "write";
    case IoAction::flush:
      return "flush";
  }
  return "transfer";
}

}  // namespace

Transfers::Transfers(IoQueue& queue, std::uint32_t block_bytes, std::int64_t stall_ms)
    : queue_(queue), block_bytes_(block_bytes), stall_ms_(stall_ms), open_(queue.most_in_flight()) {}

Status Transfers::begin(IoAction action, std::uint64_t offset, std::span<std::uint8_t> data,
                        std::size_t note) {
  const auto place = std::ranges::find(open_, false, &Open::used);
  if (place == open_.end()) return fail(ErrorKind::internal, "more transfers than the queue takes");
  *place = Open{true, action, {offset, data, note, {}}, 0, 0};
  ++in_flight_;
  auto submitted = submit_rest(static_cast<std::size_t>(place - open_.begin()));
  given_up_ = given_up_ || !submitted;
  return submitted;
}

Status Transfers::submit_rest(std::size_t tag) {
  const Open& open = open_[tag];
  return queue_.submit(
      {open.action, tag, open.done.offset + open.acknowledged, open.done.data.subspan(open.acknowledged)});
}

Result<bool> Transfers::take(std::size_t tag, std::int64_t result) {
  Open& open = open_[tag];
  const auto fails = [&](std::string_view why) {
    open.done.failure = std::string(word_for(open.action)) + " of " + std::to_string(open.done.data.size()) +
                        " bytes at " + std::to_string(open.done.offset) + ": " + std::string(why);
    return true;
  };
  if ((result == -EINTR || result == -EAGAIN) && ++open.interruptions <= kMostInterruptions) {
    QUIETUS_CHECK(submit_rest(tag));
    return false;
  }
  if (result < 0) return fails(strerror(static_cast<int>(-result)));
  const auto rest = open.done.data.size() - open.acknowledged;
  const auto taken = static_cast<std::size_t>(result);
  if (taken > rest) return fails("more was acknowledged than asked");
  if (taken == rest) return true;
  // What is not whole blocks cannot be continued with O_DIRECT: only whole ones count.
  const auto whole = taken / block_bytes_ * block_bytes_;
  if (whole == 0) return fails(open.action == IoAction::read ? "end of medium" : "nothing was accepted");
  open.acknowledged += whole;
  QUIETUS_CHECK(submit_rest(tag));
  return false;
}

Result<TransferDone> Transfers::next() {
  auto done = wait_for_one();
  given_up_ = given_up_ || !done;
  return done;
}

Result<TransferDone> Transfers::wait_for_one() {
  for (;;) {
    auto answer = queue_.wait(stall_ms_);
    if (!answer && answer.error().kind == ErrorKind::timed_out) {
      return fail(ErrorKind::io, "the medium did not answer for " + std::to_string(stall_ms_) + " ms",
                  "look at the medium and its cable; it is not overwritten");
    }
    if (!answer) return std::unexpected(answer.error());
    if (answer->tag >= open_.size() || !open_[answer->tag].used)
      return fail(ErrorKind::internal, "an answer to nothing");
    QUIETUS_TRY(over, take(answer->tag, answer->result));
    if (!over) continue;
    open_[answer->tag].used = false;
    --in_flight_;
    return std::move(open_[answer->tag].done);
  }
}

Status Transfers::drain() {
  while (in_flight_ > 0) {
    if (given_up_) return fail(ErrorKind::io, "the medium was given up");
    static_cast<void>(next());
  }
  return {};
}

Status Transfers::flush() {
  if (in_flight_ != 0) return fail(ErrorKind::internal, "a flush before its writes");
  QUIETUS_CHECK(begin(IoAction::flush, 0, {}));
  QUIETUS_TRY(done, next());
  if (!done.failure.empty()) return fail(ErrorKind::io, done.failure);
  return {};
}

}  // namespace quietus::eraser
