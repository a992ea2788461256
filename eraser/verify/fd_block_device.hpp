// A block device or regular file behind an open descriptor. Keeps O_DIRECT wherever the descriptor has it.
#pragma once

#include <memory>
#include <string>

#include "base/file.hpp"
#include "eraser/verify/aligned_buffer.hpp"
#include "quietus/block_device.hpp"

namespace quietus::eraser {

/// Owns the descriptor. Not thread-safe: one bounce buffer. size_bytes() asks the kernel every time, so a
/// device that shrinks is seen; 0 when the kernel does not answer.
class FdBlockDevice final : public BlockDevice {
 public:
  /// `invalid_input` when the descriptor is neither a block device nor a regular file.
  static Result<std::unique_ptr<FdBlockDevice>> adopt(Fd fd);

  [[nodiscard]] std::uint64_t size_bytes() const override;
  [[nodiscard]] std::uint32_t block_bytes() const override { return block_bytes_; }
  [[nodiscard]] Status read(std::uint64_t offset, std::span<std::uint8_t> out) override;
  [[nodiscard]] Status write(std::uint64_t offset, BytesView data) override;
  [[nodiscard]] Status flush() override;

  /// "psync O_DIRECT" or "psync buffered": goes into reports.
  [[nodiscard]] std::string io_mode() const { return direct_ ? "psync O_DIRECT" : "psync buffered"; }
  [[nodiscard]] bool direct() const { return direct_; }
  [[nodiscard]] int descriptor() const { return fd_.get(); }

 private:
  static constexpr std::size_t kTransferBytes = 1 << 20;

  FdBlockDevice(Fd fd, bool block, bool direct, std::uint32_t block_bytes, std::uint32_t direct_alignment)
      : fd_(std::move(fd)),
        block_(block),
        direct_(direct),
        block_bytes_(block_bytes),
        direct_alignment_(direct_alignment),
        bounce_(kTransferBytes) {}
  [[nodiscard]] Status check_range(std::uint64_t offset, std::size_t length) const;
  [[nodiscard]] bool aligned(std::uint64_t offset, std::size_t length) const;
  [[nodiscard]] Status set_direct(bool on) const;
  [[nodiscard]] Status read_piece(std::uint64_t offset, std::span<std::uint8_t> out);
  [[nodiscard]] Status write_piece(std::uint64_t offset, BytesView data);

  Fd fd_;
  bool block_, direct_;
  std::uint32_t block_bytes_, direct_alignment_;
  AlignedBuffer bounce_;
};

}  // namespace quietus::eraser
