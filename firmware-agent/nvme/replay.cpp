#include "firmware-agent/nvme/replay.hpp"

#include <algorithm>

namespace quietus::nvme {

Result<ReplayedDrive> ReplayedDrive::of(std::string_view transcript) {
  QUIETUS_TRY(exchanges, parse_transcript(transcript));
  return ReplayedDrive(std::move(exchanges));
}

Result<Completion> ReplayedDrive::submit(const Command& command, std::span<std::uint8_t> buffer) {
  if (buffer.size() != command.transfer_bytes)
    return fail(ErrorKind::invalid_input, "the buffer does not fit the command");
  if (next_ == exchanges_.size()) return fail(ErrorKind::unavailable, "the transcript ends here");
  const auto& exchange = exchanges_[next_];
  auto expected = exchange.command;
  expected.timeout_ms = command.timeout_ms;
  if (expected != command)
    return fail(ErrorKind::conflict,
                "the transcript has another command at place " + std::to_string(next_ + 1));
  ++next_;
  std::ranges::copy(exchange.data, buffer.begin());
  return exchange.answer;
}

}  // namespace quietus::nvme
