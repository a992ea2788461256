// What sealing reads from and writes to. The room itself opens nothing: a program puts files, sockets or
// memory here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "quietus/bytes.hpp"
#include "quietus/result.hpp"

namespace quietus::seal {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Puts at least one byte into `out` (never empty) and returns how many; 0 means the end, for good.
  [[nodiscard]] virtual Result<std::size_t> read(std::span<std::uint8_t> out) = 0;
};

class ByteSink {
 public:
  virtual ~ByteSink() = default;
  /// Takes all of `bytes` or fails. The bytes are the caller's again when it returns.
  [[nodiscard]] virtual Status write(BytesView bytes) = 0;
};

/// A sink out of a function: `FunctionSink sink([&](BytesView b) -> Status { … });`
class FunctionSink final : public ByteSink {
 public:
  explicit FunctionSink(std::function<Status(BytesView)> write) : write_(std::move(write)) {}
  [[nodiscard]] Status write(BytesView bytes) override { return write_(bytes); }

 private:
  std::function<Status(BytesView)> write_;
};

}  // namespace quietus::seal
