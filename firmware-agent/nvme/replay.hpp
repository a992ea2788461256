// A transcript as a drive: answers what was answered then, and only to what was asked then. Who has a real
// drive can hand us its words without the drive.
#pragma once

#include <vector>

#include "firmware-agent/nvme/transcript.hpp"

namespace quietus::nvme {

class ReplayedDrive final : public NvmeAdmin {
 public:
  explicit ReplayedDrive(std::vector<Exchange> exchanges) : exchanges_(std::move(exchanges)) {}
  static Result<ReplayedDrive> of(std::string_view transcript);

  /// `conflict` for a command that did not come next then (time-outs do not count), `unavailable` beyond the
  /// end.
  [[nodiscard]] Result<Completion> submit(const Command& command, std::span<std::uint8_t> buffer) override;
  [[nodiscard]] std::size_t left() const { return exchanges_.size() - next_; }

 private:
  std::vector<Exchange> exchanges_;
  std::size_t next_ = 0;
};

}  // namespace quietus::nvme
