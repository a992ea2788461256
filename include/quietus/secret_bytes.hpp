// Secrets in memory: move-only, on OpenSSL's secure heap, cleansed when they die (implemented in base/).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "quietus/result.hpp"

namespace quietus {

/// Owns `size()` bytes on the secure heap. Never copied, never printed, never in JSON.
class SecretBytes {
 public:
  SecretBytes() = default;
  /// Zeroed allocation. Fails with `exhausted` when the secure heap is full; never falls back to ordinary
  /// memory.
  static Result<SecretBytes> allocate(std::size_t size_bytes);
  /// Copies `bytes`; the caller cleanses its own copy.
  static Result<SecretBytes> copy_of(std::span<const std::uint8_t> bytes);

  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  /// Keeps the first `size_bytes` and cleanses the rest; no effect when there are no more.
  void truncate(std::size_t size_bytes);

  [[nodiscard]] std::span<const std::uint8_t> view() const { return {data_, size_}; }
  [[nodiscard]] std::span<std::uint8_t> mutable_view() { return {data_, size_}; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace quietus
