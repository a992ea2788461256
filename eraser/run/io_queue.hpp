// Transfers of a medium as a kernel takes them: several at a time, answered in any order, answered in part.
// What is made of the answers is transfers.hpp's affair; tests put their faults between the two.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "eraser/run/transfer_memory.hpp"
#include "quietus/block_device.hpp"
#include "quietus/result.hpp"

namespace quietus::eraser {

enum class IoAction { read, write, flush };

struct IoRequest {
  IoAction action = IoAction::write;
  std::size_t tag = 0;           ///< chosen by the caller, comes back with the answer
  std::uint64_t offset = 0;      ///< on the medium, in bytes
  std::span<std::uint8_t> data;  ///< inside memory() of the queue; empty for a flush
};

struct IoAnswer {
  std::size_t tag = 0;
  std::int64_t result = 0;  ///< bytes transferred, or -errno
};

/// Used by the thread that opened it. Destroying it with transfers in flight is safe: their memory stays
/// until the kernel lets go of it.
class IoQueue {
 public:
  virtual ~IoQueue() = default;
  IoQueue() = default;
  IoQueue(const IoQueue&) = delete;
  IoQueue& operator=(const IoQueue&) = delete;

  [[nodiscard]] virtual std::string name() const = 0;  ///< "io_uring, registered buffers": goes into reports
  [[nodiscard]] virtual std::size_t most_in_flight() const = 0;
  [[nodiscard]] virtual std::span<std::uint8_t> memory() = 0;  ///< owned by the queue, aligned to 4096
  [[nodiscard]] virtual Status submit(const IoRequest& request) = 0;
  /// The next answer of any transfer in flight. `timed_out` when there is none for `timeout_ms`.
  [[nodiscard]] virtual Result<IoAnswer> wait(std::int64_t timeout_ms) = 0;
};

enum class IoEngine { best, registered, ring, threads };

/// Over an open descriptor, which stays the caller's and must outlive the queue. `best` takes the first that
/// works here: io_uring with registered buffers (an ordinary user's memlock limit may refuse them), io_uring
/// without, threads with pread and pwrite (where io_uring is not allowed). Another wish is fulfilled or
/// fails.
Result<std::unique_ptr<IoQueue>> open_io_queue(int descriptor, IoEngine wish = IoEngine::best);

/// Any BlockDevice, one transfer at a time. `device` must outlive it.
std::unique_ptr<IoQueue> one_at_a_time(BlockDevice& device);

}  // namespace quietus::eraser
