// A medium as raw bytes. Implemented over a file descriptor (O_DIRECT where possible), by a fake and by a
// fault wrapper.
#pragma once

#include <cstdint>
#include <span>

#include "quietus/bytes.hpp"
#include "quietus/result.hpp"

namespace quietus {

class BlockDevice {
 public:
  virtual ~BlockDevice() = default;
  [[nodiscard]] virtual std::uint64_t size_bytes() const = 0;
  [[nodiscard]] virtual std::uint32_t block_bytes() const = 0;  ///< alignment of every offset and length
  /// Fills `out` completely from `offset`, or fails with `io`; a short read is a failure.
  [[nodiscard]] virtual Status read(std::uint64_t offset, std::span<std::uint8_t> out) = 0;
  [[nodiscard]] virtual Status write(std::uint64_t offset, BytesView data) = 0;
  [[nodiscard]] virtual Status flush() = 0;  ///< durable when it returns
};

}  // namespace quietus
