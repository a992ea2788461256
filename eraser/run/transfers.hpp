// Whole transfers over a queue that answers in any order and in part. A transfer is done when every byte of
// it was acknowledged, or has failed.
#pragma once

#include <string>
#include <vector>

#include "eraser/run/io_queue.hpp"

namespace quietus::eraser {

/// Bytes that offset and length of a transfer past the page cache are a multiple of (O_DIRECT, open(2)).
inline constexpr std::uint64_t kDirectAlignment = 4096;

struct TransferDone {
  std::uint64_t offset = 0;
  std::span<std::uint8_t> data;  ///< all of it, also when it failed
  std::size_t note = 0;          ///< the caller's
  std::string failure;           ///< empty: every byte was acknowledged
};

class Transfers {
 public:
  /// A medium that gives no answer for `stall_ms` is given up.
  Transfers(IoQueue& queue, std::uint32_t block_bytes, std::int64_t stall_ms);
  ~Transfers() { static_cast<void>(drain()); }
  Transfers(const Transfers&) = delete;
  Transfers& operator=(const Transfers&) = delete;

  [[nodiscard]] std::size_t in_flight() const { return in_flight_; }
  /// At most queue.most_in_flight() at a time.
  [[nodiscard]] Status begin(IoAction action, std::uint64_t offset, std::span<std::uint8_t> data,
                             std::size_t note = 0);
  /// Waits for the next one that is done; there must be one in flight. An error is about the queue itself, or
  /// a medium that does not answer: nothing more is to be expected of it.
  [[nodiscard]] Result<TransferDone> next();
  /// Nothing else in flight.
  [[nodiscard]] Status flush();
  /// Waits for what is in flight and forgets how it ended; at once when the medium was given up.
  [[nodiscard]] Status drain();

 private:
  struct Open {
    bool used = false;
    IoAction action = IoAction::write;
    TransferDone done;
    std::size_t acknowledged = 0;
    int interruptions = 0;
  };
  [[nodiscard]] Result<TransferDone> wait_for_one();
  [[nodiscard]] Status submit_rest(std::size_t tag);
  /// Whether the transfer is over; else it goes on.
  [[nodiscard]] Result<bool> take(std::size_t tag, std::int64_t result);

  IoQueue& queue_;
  const std::uint32_t block_bytes_;
  const std::int64_t stall_ms_;
  std::vector<Open> open_;
  std::size_t in_flight_ = 0;
  bool given_up_ = false;
};

}  // namespace quietus::eraser
