// The controller that a host connects to: fabrics commands, properties, features; everything about the drive
// goes to the drive model. One at a time; a new connect begins it anew, as a reset does.
#pragma once

#include "tests/support/nvme_drive/drive_model.hpp"
#include "tests/support/nvme_target/pdu.hpp"

namespace quietus::test {

class TargetController {
 public:
  explicit TargetController(DriveModel& drive) : drive_(drive) {}
  /// `admin`: the queue is the admin queue. `data`: what came with the command.
  Answer execute(bool admin, const Submission& command, std::span<const std::uint8_t> data,
                 std::int64_t now_ms);

 private:
  Answer fabrics(const Submission& command);
  Answer property_get(const Submission& command) const;
  Answer admin_command(const Submission& command, std::int64_t now_ms);
  Answer io_command(const Submission& command, std::span<const std::uint8_t> data, std::int64_t now_ms);

  DriveModel& drive_;
  std::uint32_t configuration_ = 0;  ///< CC
};

}  // namespace quietus::test
