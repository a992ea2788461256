#include "tests/support/nvme_target/controller.hpp"

namespace quietus::test {
namespace {

constexpr std::uint8_t kFabrics = 0x7F;
constexpr std::uint8_t kPropertySet = 0, kConnect = 1, kPropertyGet = 4;
constexpr std::uint32_t kCap = 0x00, kVs = 0x08, kCc = 0x14, kCsts = 0x1C;
constexpr std::uint16_t kInvalidOpcode = 0x01, kInvalidField = 0x02;

// CAP: 128 entries, contiguous queues, ten seconds to become ready, NVM command set.
constexpr std::uint64_t kCapabilities = 127 | 1ULL << 16 | 20ULL << 24 | 1ULL << 37;

}  // namespace

Answer TargetController::fabrics(const Submission& command) {
  switch (command.bytes[4]) {
    case kConnect:
      if (get(command.bytes, 42, 2) == 0) configuration_ = 0;  // a new admin queue
      return {.result = 1};                                    // CNTLID, as Identify says
    case kPropertySet:
      if (get(command.bytes, 44, 4) != kCc) return {.status = kInvalidField};
      configuration_ = static_cast<std::uint32_t>(get(command.bytes, 48, 4));
      return {};
    case kPropertyGet:
      return property_get(command);
    default:
      return {.status = kInvalidField};
  }
}

Answer TargetController::property_get(const Submission& command) const {
  switch (get(command.bytes, 44, 4)) {
    case kCap:
      return {.result = kCapabilities};
    case kVs:
      return {.result = 0x10400};
    case kCc:
      return {.result = configuration_};
    case kCsts: {
      const std::uint32_t ready = configuration_ & 1;
      const std::uint32_t shut_down = (configuration_ >> 14 & 3) != 0 ? 2 : 0;
      return {.result = ready | shut_down << 2};
    }
    default:
      return {.status = kInvalidField};
  }
}

Answer TargetController::admin_command(const Submission& command, std::int64_t now_ms) {
  switch (command.opcode()) {
    case 0x08:  // Abort: nothing was aborted
      return {.result = 1};
    case 0x09:  // Set Features; 07h answers 0: one queue of each kind
    case 0x0A:  // Get Features
    case 0x18:  // Keep Alive
      return {};
    case 0x0C:  // Asynchronous Event Request
      return {.later = true};
    default:
      break;
  }
  const std::array<std::uint32_t, 6> words{command.cdw(10), command.cdw(11), command.cdw(12),
                                           command.cdw(13), command.cdw(14), command.cdw(15)};
  auto reply = drive_.admin(command.opcode(), command.nsid(), words, now_ms);
  return {.status = reply.status, .result = reply.result, .data = std::move(reply.data)};
}

Answer TargetController::io_command(const Submission& command, std::span<const std::uint8_t> data,
                                    std::int64_t now_ms) {
  const std::uint64_t block = get(command.bytes, 40, 8);
  const std::size_t bytes = ((command.cdw(12) & 0xFFFF) + std::size_t{1}) * kModelBlock;
  switch (command.opcode()) {
    case 0x00:  // Flush
      return {};
    case 0x01:
      if (data.size() != bytes) return {.status = kInvalidField};
      return {.status = drive_.write(block, data, now_ms)};
    case 0x02: {
      Answer answer{.data = Octets(bytes)};
      answer.status = drive_.read(block, answer.data, now_ms);
      return answer;
    }
    default:
      return {.status = kInvalidOpcode};
  }
}

Answer TargetController::execute(bool admin, const Submission& command, std::span<const std::uint8_t> data,
                                 std::int64_t now_ms) {
  if (command.opcode() == kFabrics) return fabrics(command);
  return admin ? admin_command(command, now_ms) : io_command(command, data, now_ms);
}

}  // namespace quietus::test
