// Admin commands with their exact words. What must never be sent cannot be written down: there is no Format
// without erasure, no Sanitize of one namespace, no exit from failure.
#pragma once

#include <optional>
#include <string_view>

#include "firmware-agent/nvme/admin.hpp"
#include "quietus/result.hpp"

namespace quietus::nvme {

inline constexpr std::uint32_t kAllNamespaces = 0xFFFFFFFF;
inline constexpr std::size_t kIdentifyBytes = 4096;
inline constexpr std::size_t kSanitizeLogBytes = 512;
inline constexpr std::size_t kHealthLogBytes = 512;

Command identify_controller();
Command identify_namespace(std::uint32_t nsid);
Command identify_active_namespaces();  ///< ids above 0, in order
Command get_sanitize_log();            ///< log page 81h
Command get_health_log();              ///< log page 02h, of the whole controller

/// Sanitize, CDW10 2:0 (NVM Express Base Specification, Sanitize command).
enum class SanitizeAction : std::uint8_t { block_erase = 2, overwrite = 3, crypto_erase = 4 };

/// May a drive that failed be used again without having been sanitized? CDW10 bit 3 (AUSE).
enum class FailureMode : std::uint8_t { restricted, unrestricted };
enum class AfterSanitize : std::uint8_t { may_deallocate, keep_allocated };  ///< CDW10 bit 9
enum class BetweenPasses : std::uint8_t { same_pattern, invert };            ///< CDW10 bit 8

struct SanitizeRequest {
  SanitizeAction action = SanitizeAction::crypto_erase;
  FailureMode failure = FailureMode::restricted;
  AfterSanitize after = AfterSanitize::may_deallocate;
  std::uint8_t passes = 1;  ///< overwrite only, 1 to 16
  BetweenPasses between = BetweenPasses::same_pattern;
  std::uint32_t pattern = 0;  ///< overwrite only
  bool operator==(const SanitizeRequest&) const = default;
};

/// CDW10 as it goes out, and as the drive must give it back in SCDW10. `invalid_input` for passes that cannot
/// be said.
Result<std::uint32_t> sanitize_word(const SanitizeRequest& request);
/// NSID 0: the command is about the whole NVM subsystem.
Result<Command> sanitize(const SanitizeRequest& request);

/// Format NVM, CDW10 11:9. "No secure erase" (0) has no name here.
enum class FormatErase : std::uint8_t { user_data = 1, cryptographic = 2 };

/// What a namespace is formatted to now: a format for erasure keeps it.
struct CurrentFormat {
  std::uint8_t lba_format = 0;  ///< 0 to 63
  bool metadata_inline = false;
  std::uint8_t protection = 0;  ///< type 0 to 7
  bool protection_first = false;
  bool operator==(const CurrentFormat&) const = default;
};
Command format_nvm(std::uint32_t nsid, FormatErase erase, const CurrentFormat& keep);

/// What is sent for "sanitize-block", "format-crypto" …, as capabilities() and eraser/method name commands.
/// nullopt when it is of the other kind, or of none.
std::optional<SanitizeRequest> sanitize_named(std::string_view drive_command);
std::optional<FormatErase> format_named(std::string_view drive_command);

}  // namespace quietus::nvme
