#include "eraser/method/firmware_method.hpp"

#include <algorithm>
#include <array>

namespace quietus::eraser {
namespace {

constexpr std::string_view kPurgeClause =
    "NIST SP 800-88r2 §3.1.2 (Purge by a command of the medium); IEEE 2883-2022 purge, NVMe Sanitize";
constexpr std::string_view kCryptoClause =
    "NIST SP 800-88r2 §3.2 (cryptographic erase); IEEE 2883-2022 purge, NVMe Sanitize";
constexpr std::string_view kFormatClause =
    "NIST SP 800-88r2 §3.1.1 (Clear); IEEE 2883-2022 clear, NVMe Format NVM";

// Block erase first: it does not rest on how the maker encrypts. What a format does inside is the maker's own
// affair, hence Clear, also for the cryptographic one.
constexpr std::array kFirmwareMethods{
    FirmwareMethod{"nvme-sanitize-block", "sanitize-block", SanitizationMethod::purge,
                   "NVMe Sanitize, block erase, restricted", kPurgeClause},
    FirmwareMethod{"nvme-sanitize-crypto", "sanitize-crypto", SanitizationMethod::purge,
                   "NVMe Sanitize, crypto erase, restricted", kCryptoClause},
    FirmwareMethod{"nvme-sanitize-overwrite", "sanitize-overwrite", SanitizationMethod::purge,
                   "NVMe Sanitize, overwrite, one pass of zeros, restricted", kPurgeClause},
    FirmwareMethod{"nvme-format-user-data", "format-user-data", SanitizationMethod::clear,
                   "NVMe Format NVM with user data erase (SES 1)", kFormatClause},
    FirmwareMethod{"nvme-format-crypto", "format-crypto", SanitizationMethod::clear,
                   "NVMe Format NVM with cryptographic erase (SES 2)", kFormatClause},
};

}  // namespace

std::span<const FirmwareMethod> firmware_methods() { return kFirmwareMethods; }

const FirmwareMethod* find_firmware_method(std::string_view id) {
  const auto found = std::ranges::find(kFirmwareMethods, id, &FirmwareMethod::id);
  return found == kFirmwareMethods.end() ? nullptr : &*found;
}

SanitizationMethod claim_after(const FirmwareMethod& method, const FirmwareResult& result) {
  const bool holds = result.drive_completed && result.markers_gone && result.restricted;
  return holds ? method.best_claim : SanitizationMethod::none;
}

std::vector<std::string> areas_not_covered(const FirmwareMethod& method) {
  std::vector<std::string> areas{
      "boot partitions, replay-protected memory blocks and the drive's own logs: no command for user data "
      "reaches them",
      "spare and retired blocks: on the drive's word only, a host cannot read them",
      "copies on other hosts that share the medium: they cannot be seen from here"};
  if (method.best_claim == SanitizationMethod::clear)
    areas.emplace_back("capacity of the drive that is in no namespace, and other namespaces");
  if (method.drive_command.ends_with("-crypto"))
    areas.emplace_back("that the drive encrypts everything, and how: the maker's word only");
  return areas;
}

void plan_by(const FirmwareMethod& method, Plan& plan) {
  plan.technique_id = method.id;
  plan.pattern = OverwritePattern::none;
  plan.claim = method.best_claim;
  plan.clause = method.clause;
  plan.areas_not_covered = areas_not_covered(method);
}

}  // namespace quietus::eraser
