// A queue of transfers over any BlockDevice that answers in the order it likes and misbehaves on demand.
#pragma once

#include <cerrno>
#include <functional>
#include <random>
#include <vector>

#include "eraser/run/io_queue.hpp"

namespace quietus::test {

class FaultIoQueue : public eraser::IoQueue {
 public:
  FaultIoQueue(BlockDevice& device, std::size_t depth, std::uint32_t seed = 1)
      : device_(device), depth_(depth), random_(seed), memory_(std::size_t{5} << 20) {}

  enum class Fault {
    none,
    failed,         ///< EIO, nothing transferred
    half,           ///< the first half of it, in whole blocks
    odd,            ///< one block and a hundred bytes
    nothing,        ///< zero bytes acknowledged
    interrupted,    ///< EINTR, nothing transferred
    exaggerated,    ///< more acknowledged than asked
    never_answered  ///< and everything else neither, from then on
  };
  int fault_call = 0;  ///< the Nth request meets the fault (1 = first; 0 = none)
  Fault fault = Fault::none;
  std::uint64_t bad_from = 0, bad_to = 0;  ///< reads and writes that touch [from, to) fail
  int calls = 0;
  std::size_t most_seen_in_flight = 0;

  [[nodiscard]] std::string name() const override { return "in memory, any order"; }
  [[nodiscard]] std::size_t most_in_flight() const override { return depth_; }
  [[nodiscard]] std::span<std::uint8_t> memory() override { return memory_.span(); }

  [[nodiscard]] Status submit(const eraser::IoRequest& request) override {
    open_.push_back({request, ++calls == fault_call ? fault : Fault::none});
    most_seen_in_flight = std::max(most_seen_in_flight, open_.size());
    return {};
  }
  [[nodiscard]] Result<eraser::IoAnswer> wait(std::int64_t) override {
    for (const Asked& asked : open_) hangs_ = hangs_ || asked.fault == Fault::never_answered;
    if (hangs_ || open_.empty()) return fail(ErrorKind::timed_out, "no answer");
    const auto chosen = open_.begin() + static_cast<std::ptrdiff_t>(random_() % open_.size());
    const Asked asked = *chosen;
    open_.erase(chosen);
    return eraser::IoAnswer{asked.request.tag, answer_to(asked)};
  }

 private:
  struct Asked {
    eraser::IoRequest request;
    Fault fault;
  };

  std::int64_t answer_to(const Asked& asked) {
    const auto& request = asked.request;
    if (request.offset < bad_to && request.offset + request.data.size() > bad_from) return -EIO;
    const std::size_t block = device_.block_bytes();
    switch (asked.fault) {
      case Fault::none:
        return transferred(request, request.data.size());
      case Fault::failed:
        return -EIO;
      case Fault::half:
        return transferred(request, request.data.size() / 2 / block * block);
      case Fault::odd:
        return request.data.size() <= block ? 0 : transferred(request, block) + 100;
      case Fault::interrupted:
        return -EINTR;
      case Fault::exaggerated:
        return static_cast<std::int64_t>(request.data.size()) + 1;
      case Fault::nothing:
      case Fault::never_answered:
        break;
    }
    return 0;
  }

  std::int64_t transferred(const eraser::IoRequest& request, std::size_t length) {
    const auto part = request.data.first(length);
    Status status;
    if (request.action == eraser::IoAction::flush) status = device_.flush();
    if (request.action == eraser::IoAction::write) status = device_.write(request.offset, part);
    if (request.action == eraser::IoAction::read) status = device_.read(request.offset, part);
    return status ? static_cast<std::int64_t>(length) : -EIO;
  }

  BlockDevice& device_;
  const std::size_t depth_;
  std::minstd_rand random_;
  eraser::TransferMemory memory_;
  std::vector<Asked> open_;
  bool hangs_ = false;
};

}  // namespace quietus::test
