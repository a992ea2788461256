#include "firmware-agent/nvme/status.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/encoding.hpp"

namespace quietus::nvme {
namespace {

struct Name {
  std::uint16_t code;  // SCT << 8 | SC
  std::string_view text;
};

// NVM Express Base Specification, "Status Code" tables: those that erasure meets.
constexpr std::uint16_t kSanitizeInProgress = 0x01D;
constexpr std::array kNames{
    Name{0x000, "Success"},
    Name{0x001, "Invalid Command Opcode"},
    Name{0x002, "Invalid Field in Command"},
    Name{0x004, "Data Transfer Error"},
    Name{0x005, "Aborted due to Power Loss Notification"},
    Name{0x006, "Internal Error"},
    Name{0x007, "Abort Requested"},
    Name{0x00B, "Invalid Namespace or Format"},
    Name{0x00C, "Command Sequence Error"},
    Name{0x015, "Operation Denied"},
    Name{0x01C, "Sanitize Failed"},
    Name{kSanitizeInProgress, "Sanitize In Progress"},
    Name{0x020, "Namespace is Write Protected"},
    Name{0x023, "Sanitize Prohibited While Persistent Memory Region is Enabled"},
    Name{0x084, "Format In Progress"},
    Name{0x10A, "Invalid Format"},
    Name{0x10B, "Firmware Activation Requires Conventional Reset"},
    Name{0x110, "Firmware Activation Requires NVM Subsystem Reset"},
    Name{0x370, "Host Pathing Error"},
    Name{0x371, "Command Aborted By Host"},
};

}  // namespace

std::string status_text(const Completion& completion) {
  const auto found = std::ranges::find(kNames, completion.code(), &Name::code);
  const std::string name = found == kNames.end() ? "status" : std::string(found->text);
  const std::array<std::uint8_t, 2> code{static_cast<std::uint8_t>(completion.code() >> 8),
                                         static_cast<std::uint8_t>(completion.code() & 0xFF)};
  return name + " (" + hex(code) + "h)";
}

bool is_path_failure(const Completion& completion) { return completion.code() >> 8 == 3; }
bool says_sanitize_in_progress(const Completion& completion) {
  return completion.code() == kSanitizeInProgress;
}

}  // namespace quietus::nvme
