// The one way to a drive's admin queue: a command goes in, a completion comes out. Real (ioctl_admin.hpp), a
// transcript played again (replay.hpp), a fake in tests, and a recorder before any of them (transcript.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "quietus/result.hpp"

namespace quietus::nvme {

enum class Direction : std::uint8_t { none, from_drive };

/// One admin command. Nothing that this agent sends carries data to the drive.
struct Command {
  std::uint8_t opcode = 0;
  std::uint32_t nsid = 0;
  std::array<std::uint32_t, 6> cdw{};  ///< CDW10 … CDW15
  Direction direction = Direction::none;
  std::uint32_t transfer_bytes = 0;
  std::uint32_t timeout_ms = 0;
  bool operator==(const Command&) const = default;
};

struct Completion {
  std::uint32_t result = 0;  ///< DW0
  std::uint16_t status = 0;  ///< SC in 7:0, SCT in 10:8, CRD 12:11, More 13, Do Not Retry 14
  [[nodiscard]] std::uint16_t code() const { return status & 0x7FF; }  ///< SCT and SC
  [[nodiscard]] bool ok() const { return code() == 0; }
  bool operator==(const Completion&) const = default;
};

class NvmeAdmin {
 public:
  virtual ~NvmeAdmin() = default;
  /// `buffer` has exactly transfer_bytes. A completion with an error status is a value: the drive has spoken.
  /// Errors: `unavailable` and `timed_out` when no answer came (whether the drive has the command is then
  /// unknown), `denied` when this process may not ask, `invalid_input` when the buffer does not fit.
  [[nodiscard]] virtual Result<Completion> submit(const Command& command, std::span<std::uint8_t> buffer) = 0;
};

}  // namespace quietus::nvme
