// io_uring over a descriptor (docs/decisions/liburing.md).
#pragma once

#include "eraser/run/io_queue.hpp"

namespace quietus::eraser {

/// `unavailable` when the kernel or the sandbox does not allow io_uring, or the memlock limit no registered
/// buffers.
Result<std::unique_ptr<IoQueue>> open_uring_queue(int descriptor, bool registered, std::size_t memory_bytes);

}  // namespace quietus::eraser
