// Fields of NVMe structures. The caller has checked the length.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>

#include "quietus/bytes.hpp"

namespace quietus::nvme {

/// `width` bytes at `at`, least significant first (NVM Express Base Specification, "byte, word and dword").
inline std::uint64_t little_endian(BytesView bytes, std::size_t at, std::size_t width) {
  assert(width <= 8 && at + width <= bytes.size());
  std::uint64_t value = 0;
  for (std::size_t i = width; i-- > 0;) value = value << 8 | bytes[at + i];
  return value;
}

}  // namespace quietus::nvme
