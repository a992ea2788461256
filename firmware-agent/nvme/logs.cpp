#include "firmware-agent/nvme/logs.hpp"

#include <limits>

#include "firmware-agent/nvme/identify.hpp"
#include "firmware-agent/nvme/little_endian.hpp"

namespace quietus::nvme {
namespace {

constexpr std::uint32_t kNotStated = 0xFFFFFFFF;

SanitizeState state_of(std::uint64_t sstat) {
  const auto value = sstat & 7;
  return value <= 4 ? static_cast<SanitizeState>(value) : SanitizeState::unknown;
}

std::optional<std::uint32_t> estimate_at(BytesView bytes, std::size_t at) {
  const auto seconds = static_cast<std::uint32_t>(little_endian(bytes, at, 4));
  return seconds == kNotStated ? std::nullopt : std::optional(seconds);
}

std::uint64_t counter_at(BytesView bytes, std::size_t at) {  // 128 bits
  return little_endian(bytes, at + 8, 8) != 0 ? std::numeric_limits<std::uint64_t>::max()
                                              : little_endian(bytes, at, 8);
}

}  // namespace

std::string_view to_string(SanitizeState state) {
  switch (state) {
    case SanitizeState::never:
      return "never sanitized";
    case SanitizeState::success:
      return "completed";
    case SanitizeState::running:
      return "in progress";
    case SanitizeState::failed:
      return "failed";
    case SanitizeState::success_deallocated:
      return "completed, deallocated although that was not asked for";
    case SanitizeState::unknown:
      break;
  }
  return "a state that is not known here";
}

Result<SanitizeLog> decode_sanitize_log(BytesView bytes) {
  if (bytes.size() != kSanitizeLogBytes) return fail(ErrorKind::corrupt, "a sanitize log has 512 bytes");
  SanitizeLog log;
  const auto sstat = little_endian(bytes, 2, 2);
  log.progress = static_cast<std::uint16_t>(little_endian(bytes, 0, 2));
  log.state = state_of(sstat);
  log.passes_done = static_cast<std::uint8_t>(sstat >> 3 & 0x1F);
  log.nothing_written_since = (sstat >> 8 & 1) != 0;
  log.word = static_cast<std::uint32_t>(little_endian(bytes, 4, 4));
  log.overwrite_s = estimate_at(bytes, 8);
  log.block_erase_s = estimate_at(bytes, 12);
  log.crypto_erase_s = estimate_at(bytes, 16);
  return log;
}

Result<HealthLog> decode_health_log(BytesView bytes) {
  if (bytes.size() != kHealthLogBytes) return fail(ErrorKind::corrupt, "a health log has 512 bytes");
  HealthLog log;
  log.critical_warning = bytes[0];
  log.temperature_c = static_cast<std::int32_t>(little_endian(bytes, 1, 2)) - 273;
  log.spare_percent = bytes[3];
  log.used_percent = bytes[5];
  log.power_on_hours = counter_at(bytes, 128);
  log.unsafe_shutdowns = counter_at(bytes, 144);
  log.media_errors = counter_at(bytes, 160);
  return log;
}

Result<SanitizeLog> ask_sanitize_log(NvmeAdmin& drive) {
  QUIETUS_TRY(bytes, ask(drive, get_sanitize_log()));
  return decode_sanitize_log(bytes);
}

Result<HealthLog> ask_health_log(NvmeAdmin& drive) {
  QUIETUS_TRY(bytes, ask(drive, get_health_log()));
  return decode_health_log(bytes);
}

}  // namespace quietus::nvme
