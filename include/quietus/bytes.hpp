// Byte vocabulary: owned bytes, views, and the one digest type.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quietus {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;

inline BytesView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(BytesView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes to_bytes(std::string_view text) {
  const auto view = as_bytes(text);
  return {view.begin(), view.end()};
}

/// SHA-256 digest, 32 bytes. Text form everywhere: 64 lower-case hex digits.
struct Digest {
  std::array<std::uint8_t, 32> value{};
  auto operator<=>(const Digest&) const = default;
  [[nodiscard]] BytesView view() const { return value; }
};

}  // namespace quietus
