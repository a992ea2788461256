// The kernel's NVMe driver: NVME_IOCTL_ADMIN_CMD on an open descriptor.
#pragma once

#include "firmware-agent/nvme/admin.hpp"

namespace quietus::nvme {

/// Borrows the descriptor, of the controller (/dev/nvme0) or of a namespace's block device (/dev/nvme0n1):
/// the latter is the descriptor that the guard holds exclusively, so the command goes to what was identified.
class IoctlAdmin final : public NvmeAdmin {
 public:
  explicit IoctlAdmin(int descriptor) : descriptor_(descriptor) {}
  [[nodiscard]] Result<Completion> submit(const Command& command, std::span<std::uint8_t> buffer) override;
  /// Of a namespace's block device. `invalid_input` when the descriptor is none.
  [[nodiscard]] Result<std::uint32_t> namespace_id() const;

 private:
  int descriptor_;
};

}  // namespace quietus::nvme
