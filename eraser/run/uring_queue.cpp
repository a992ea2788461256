#include "eraser/run/uring_queue.hpp"

#include <liburing.h>

#include <cerrno>
#include <cstring>

namespace quietus::eraser {
namespace {

constexpr unsigned kMostInFlight = 32;

std::unexpected<Error> refused(std::string_view what, int error) {
  return fail(ErrorKind::unavailable, std::string(what) + ": " + strerror(error));
}

class UringQueue final : public IoQueue {
 public:
  UringQueue(int descriptor, std::size_t memory_bytes) : descriptor_(descriptor), memory_(memory_bytes) {}
  ~UringQueue() override {
    if (open_) io_uring_queue_exit(&ring_);
  }

  Status open(bool registered) {
    if (const int error = io_uring_queue_init(kMostInFlight, &ring_, 0); error != 0)
      return refused("io_uring", -error);
    open_ = true;
    if (!registered) return answers();
    const iovec all{memory_.span().data(), memory_.span().size()};
    if (const int error = io_uring_register_buffers(&ring_, &all, 1); error != 0)
      return refused("registered buffers", -error);
    registered_ = true;
    return answers();
  }

  [[nodiscard]] std::string name() const override {
    return registered_ ? "io_uring, registered buffers" : "io_uring";
  }
  [[nodiscard]] std::size_t most_in_flight() const override { return kMostInFlight; }
  [[nodiscard]] std::span<std::uint8_t> memory() override { return memory_.span(); }

  [[nodiscard]] Status submit(const IoRequest& request) override {
    io_uring_sqe* entry = io_uring_get_sqe(&ring_);
    if (entry == nullptr) return fail(ErrorKind::internal, "more transfers than the ring has places for");
    prepare(*entry, request);
    entry->user_data = request.tag;
    int given = 0;
    do given = io_uring_submit(&ring_);
    while (given == -EINTR || given == -EAGAIN || given == -EBUSY);
    if (given != 1) return fail(ErrorKind::io, std::string("io_uring: submit: ") + strerror(-given));
    return {};
  }

  [[nodiscard]] Result<IoAnswer> wait(std::int64_t timeout_ms) override {
    __kernel_timespec time{timeout_ms / 1000, timeout_ms % 1000 * 1000000};
    io_uring_cqe* entry = nullptr;
    int error = 0;
    do error = io_uring_wait_cqe_timeout(&ring_, &entry, &time);
    while (error == -EINTR || error == -EAGAIN);
    if (error == -ETIME)
      return fail(ErrorKind::timed_out, "no answer for " + std::to_string(timeout_ms) + " ms");
    if (error != 0) return fail(ErrorKind::io, std::string("io_uring: wait: ") + strerror(-error));
    const IoAnswer answer{static_cast<std::size_t>(entry->user_data), entry->res};
    io_uring_cqe_seen(&ring_, entry);
    return answer;
  }

 private:
  void prepare(io_uring_sqe& entry, const IoRequest& request) const {
    const auto length = static_cast<unsigned>(request.data.size());
    switch (request.action) {
      case IoAction::flush:
        io_uring_prep_fsync(&entry, descriptor_, 0);
        return;
      case IoAction::write:
        if (registered_)
          io_uring_prep_write_fixed(&entry, descriptor_, request.data.data(), length, request.offset, 0);
        else
          io_uring_prep_write(&entry, descriptor_, request.data.data(), length, request.offset);
        return;
      case IoAction::read:
        if (registered_)
          io_uring_prep_read_fixed(&entry, descriptor_, request.data.data(), length, request.offset, 0);
        else
          io_uring_prep_read(&entry, descriptor_, request.data.data(), length, request.offset);
        return;
    }
  }

  /// A ring that opens and then serves nothing is no ring: some sandboxes have it so.
  [[nodiscard]] Status answers() {
    io_uring_prep_nop(io_uring_get_sqe(&ring_));
    if (const int given = io_uring_submit(&ring_); given != 1) return refused("io_uring", -given);
    if (const auto answer = wait(1000); !answer || answer->result != 0)
      return fail(ErrorKind::unavailable, "io_uring does not answer");
    return {};
  }

  int descriptor_;
  TransferMemory memory_;  // before the ring, so that it goes after it
  io_uring ring_{};
  bool open_ = false, registered_ = false;
};

}  // namespace

Result<std::unique_ptr<IoQueue>> open_uring_queue(int descriptor, bool registered, std::size_t memory_bytes) {
  auto queue = std::make_unique<UringQueue>(descriptor, memory_bytes);
  QUIETUS_CHECK(queue->open(registered));
  return queue;
}

}  // namespace quietus::eraser
