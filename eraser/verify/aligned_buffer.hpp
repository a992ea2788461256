// Memory that O_DIRECT accepts: aligned to 4096 bytes, zeroed.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <span>

namespace quietus::eraser {

class AlignedBuffer {
 public:
  static constexpr std::size_t kAlignment = 4096;

  explicit AlignedBuffer(std::size_t size_bytes)
      : size_((size_bytes + kAlignment - 1) / kAlignment * kAlignment),
        data_(static_cast<std::uint8_t*>(std::aligned_alloc(kAlignment, size_))) {
    if (!data_) throw std::bad_alloc();
    std::memset(data_.get(), 0, size_);
  }
  [[nodiscard]] std::span<std::uint8_t> span() { return {data_.get(), size_}; }
  [[nodiscard]] std::span<const std::uint8_t> view() const { return {data_.get(), size_}; }

 private:
  struct Free {
    void operator()(std::uint8_t* data) const { std::free(data); }
  };
  std::size_t size_;
  std::unique_ptr<std::uint8_t, Free> data_;
};

}  // namespace quietus::eraser
