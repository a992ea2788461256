// The two log pages that erasure reads (NVM Express Base Specification, Sanitize Status log 81h and
// SMART / Health Information log 02h).
#pragma once

#include <optional>

#include "firmware-agent/nvme/admin.hpp"
#include "quietus/bytes.hpp"

namespace quietus::nvme {

/// SSTAT 2:0. `success_deallocated` (4): completed, and blocks were deallocated although that was not asked
/// for.
enum class SanitizeState : std::uint8_t {
  never,
  success,
  running,
  failed,
  success_deallocated,
  unknown,  ///< a value that this software does not know
};
std::string_view to_string(SanitizeState state);

struct SanitizeLog {
  std::uint16_t progress = 0xFFFF;  ///< SPROG, of 65,536; FFFFh when nothing runs
  SanitizeState state = SanitizeState::unknown;
  std::uint8_t passes_done = 0;        ///< of an overwrite
  bool nothing_written_since = false;  ///< Global Data Erased: no write since the last success (or ever)
  std::uint32_t word = 0;              ///< SCDW10: CDW10 of the Sanitize command that the log is about
  std::optional<std::uint32_t> overwrite_s{}, block_erase_s{},
      crypto_erase_s{};  ///< the drive's own estimates
  bool operator==(const SanitizeLog&) const = default;
};
/// Fixed 512 bytes, else `corrupt`.
Result<SanitizeLog> decode_sanitize_log(BytesView bytes);
Result<SanitizeLog> ask_sanitize_log(NvmeAdmin& drive);

struct HealthLog {
  std::uint8_t critical_warning = 0;
  std::int32_t temperature_c = 0;
  std::uint8_t spare_percent = 0, used_percent = 0;
  std::uint64_t power_on_hours = 0, unsafe_shutdowns = 0, media_errors = 0;  ///< at most 2^64-1
  bool operator==(const HealthLog&) const = default;
};
Result<HealthLog> decode_health_log(BytesView bytes);
Result<HealthLog> ask_health_log(NvmeAdmin& drive);

}  // namespace quietus::nvme
