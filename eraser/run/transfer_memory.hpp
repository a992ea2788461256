// Memory that transfers are made from and into. Mapped for itself: unmapping it while the kernel still holds
// its pages gives them to nobody else.
#pragma once

#include <sys/mman.h>

#include <cstdint>
#include <new>
#include <span>

namespace quietus::eraser {

class TransferMemory {
 public:
  explicit TransferMemory(std::size_t size_bytes)
      : size_(size_bytes),
        data_(mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE,
                   -1, 0)) {
    if (data_ == MAP_FAILED) throw std::bad_alloc();
  }
  ~TransferMemory() { munmap(data_, size_); }
  TransferMemory(const TransferMemory&) = delete;
  TransferMemory& operator=(const TransferMemory&) = delete;

  [[nodiscard]] std::span<std::uint8_t> span() const { return {static_cast<std::uint8_t*>(data_), size_}; }

 private:
  std::size_t size_;
  void* data_;
};

}  // namespace quietus::eraser
