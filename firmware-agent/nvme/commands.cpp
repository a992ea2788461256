#include "firmware-agent/nvme/commands.hpp"

namespace quietus::nvme {
namespace {

// Opcodes: NVM Express Base Specification, "Opcodes for Admin Commands".
constexpr std::uint8_t kGetLogPage = 0x02, kIdentify = 0x06, kFormatNvm = 0x80, kSanitize = 0x84;
constexpr std::uint32_t kCnsNamespace = 0, kCnsController = 1, kCnsActiveNamespaces = 2;
constexpr std::uint32_t kLogHealth = 0x02, kLogSanitize = 0x81;

constexpr std::uint32_t kQuestionTimeoutMs = 30'000;
constexpr std::uint32_t kSanitizeTimeoutMs = 60'000;       // it answers at once and works on
constexpr std::uint32_t kFormatTimeoutMs = 4 * 3'600'000;  // it answers when it is done

Command identify(std::uint32_t nsid, std::uint32_t cns) {
  return {kIdentify, nsid, {cns}, Direction::from_drive, kIdentifyBytes, kQuestionTimeoutMs};
}

Command get_log(std::uint32_t page, std::size_t bytes) {
  const auto dwords_less_one = static_cast<std::uint32_t>(bytes / 4 - 1);  // NUMDL, CDW10 31:16
  return {kGetLogPage,
          kAllNamespaces,
          {page | dwords_less_one << 16},
          Direction::from_drive,
          static_cast<std::uint32_t>(bytes),
          kQuestionTimeoutMs};
}

}  // namespace

Command identify_controller() { return identify(0, kCnsController); }
Command identify_namespace(std::uint32_t nsid) { return identify(nsid, kCnsNamespace); }
Command identify_active_namespaces() { return identify(0, kCnsActiveNamespaces); }
Command get_sanitize_log() { return get_log(kLogSanitize, kSanitizeLogBytes); }
Command get_health_log() { return get_log(kLogHealth, kHealthLogBytes); }

Result<std::uint32_t> sanitize_word(const SanitizeRequest& request) {
  if (request.passes < 1 || request.passes > 16)
    return fail(ErrorKind::invalid_input, "a sanitize overwrite has 1 to 16 passes");
  std::uint32_t word = static_cast<std::uint32_t>(request.action);
  if (request.failure == FailureMode::unrestricted) word |= 1U << 3;
  if (request.after == AfterSanitize::keep_allocated) word |= 1U << 9;
  if (request.action == SanitizeAction::overwrite) {
    word |= static_cast<std::uint32_t>(request.passes % 16) << 4;  // OWPASS: 0 says 16
    if (request.between == BetweenPasses::invert) word |= 1U << 8;
  }
  return word;
}

Result<Command> sanitize(const SanitizeRequest& request) {
  QUIETUS_TRY(word, sanitize_word(request));
  const std::uint32_t pattern = request.action == SanitizeAction::overwrite ? request.pattern : 0;
  return Command{kSanitize, 0, {word, pattern}, Direction::none, 0, kSanitizeTimeoutMs};
}

Command format_nvm(std::uint32_t nsid, FormatErase erase, const CurrentFormat& keep) {
  std::uint32_t word = keep.lba_format & 0xFU;                           // LBAFL 3:0
  word |= (static_cast<std::uint32_t>(keep.lba_format) >> 4 & 3) << 12;  // LBAFU 13:12
  if (keep.metadata_inline) word |= 1U << 4;                             // MSET
  word |= (keep.protection & 7U) << 5;                                   // PI 7:5
  if (keep.protection_first) word |= 1U << 8;                            // PIL
  word |= static_cast<std::uint32_t>(erase) << 9;                        // SES 11:9
  return {kFormatNvm, nsid, {word}, Direction::none, 0, kFormatTimeoutMs};
}

std::optional<SanitizeRequest> sanitize_named(std::string_view drive_command) {
  if (drive_command == "sanitize-block") return SanitizeRequest{.action = SanitizeAction::block_erase};
  if (drive_command == "sanitize-crypto") return SanitizeRequest{.action = SanitizeAction::crypto_erase};
  if (drive_command == "sanitize-overwrite") return SanitizeRequest{.action = SanitizeAction::overwrite};
  return std::nullopt;
}

std::optional<FormatErase> format_named(std::string_view drive_command) {
  if (drive_command == "format-user-data") return FormatErase::user_data;
  if (drive_command == "format-crypto") return FormatErase::cryptographic;
  return std::nullopt;
}

}  // namespace quietus::nvme
