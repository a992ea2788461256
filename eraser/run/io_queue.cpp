#include "eraser/run/io_queue.hpp"

#include <cerrno>
#include <deque>

#include "eraser/run/thread_queue.hpp"
#include "eraser/run/uring_queue.hpp"

namespace quietus::eraser {
namespace {

constexpr std::size_t kMemoryBytes = std::size_t{20} << 20;
/// What the default memlock limit still takes beside the locked heap.
constexpr std::size_t kSmallMemoryBytes = std::size_t{4} << 20;
constexpr std::size_t kThreads = 8;

class OneAtATime final : public IoQueue {
 public:
  explicit OneAtATime(BlockDevice& device) : device_(device), memory_(std::size_t{2} << 20) {}

  [[nodiscard]] std::string name() const override { return "one at a time"; }
  [[nodiscard]] std::size_t most_in_flight() const override { return 1; }
  [[nodiscard]] std::span<std::uint8_t> memory() override { return memory_.span(); }

  [[nodiscard]] Status submit(const IoRequest& request) override {
    const auto status = carry_out(request);
    answers_.push_back({request.tag, status ? static_cast<std::int64_t>(request.data.size()) : -EIO});
    return {};
  }
  [[nodiscard]] Result<IoAnswer> wait(std::int64_t) override {
    if (answers_.empty()) return fail(ErrorKind::internal, "waiting for what was never asked");
    const IoAnswer answer = answers_.front();
    answers_.pop_front();
    return answer;
  }

 private:
  [[nodiscard]] Status carry_out(const IoRequest& request) {
    switch (request.action) {
      case IoAction::read:
        return device_.read(request.offset, request.data);
      case IoAction::write:
        return device_.write(request.offset, request.data);
      case IoAction::flush:
        return device_.flush();
    }
    return fail(ErrorKind::internal, "no such action");
  }

  BlockDevice& device_;
  TransferMemory memory_;
  std::deque<IoAnswer> answers_;
};

Result<std::unique_ptr<IoQueue>> registered_queue(int descriptor) {
  auto queue = open_uring_queue(descriptor, true, kMemoryBytes);
  return queue ? std::move(queue) : open_uring_queue(descriptor, true, kSmallMemoryBytes);
}

}  // namespace

Result<std::unique_ptr<IoQueue>> open_io_queue(int descriptor, IoEngine wish) {
  if (wish == IoEngine::threads) return open_thread_queue(descriptor, kThreads, kMemoryBytes);
  if (wish == IoEngine::ring) return open_uring_queue(descriptor, false, kMemoryBytes);
  auto queue = registered_queue(descriptor);
  if (queue || wish == IoEngine::registered) return queue;
  queue = open_uring_queue(descriptor, false, kMemoryBytes);
  if (queue) return queue;
  return open_thread_queue(descriptor, kThreads, kMemoryBytes);
}

std::unique_ptr<IoQueue> one_at_a_time(BlockDevice& device) { return std::make_unique<OneAtATime>(device); }

}  // namespace quietus::eraser
