// Threads with pread and pwrite, for where io_uring is not allowed.
#pragma once

#include "eraser/run/io_queue.hpp"

namespace quietus::eraser {

/// A transfer that hangs keeps its thread: the queue can be destroyed all the same, and the thread ends when
/// the kernel answers.
std::unique_ptr<IoQueue> open_thread_queue(int descriptor, std::size_t threads, std::size_t memory_bytes);

}  // namespace quietus::eraser
