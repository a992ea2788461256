#include "firmware-agent/nvme/capability.hpp"

namespace quietus::nvme {
namespace {

std::string_view name_of(SanitizeAction action) {
  switch (action) {
    case SanitizeAction::block_erase:
      return "block erase";
    case SanitizeAction::overwrite:
      return "overwrite";
    case SanitizeAction::crypto_erase:
      return "crypto erase";
  }
  return "";
}

void others_affected(const DriveFacts& drive, std::vector<std::string>& reasons) {
  for (const auto id : drive.active) {
    if (id != drive.nsid)
      reasons.push_back("namespace " + std::to_string(id) + " of the same drive would be erased with it");
  }
}

void not_ours_alone(const DriveFacts& drive, std::vector<std::string>& reasons) {
  if (drive.space.size_blocks == 0) reasons.emplace_back("the namespace is not active");
  if (drive.space.shared) reasons.emplace_back("other controllers may have the namespace attached (NMIC)");
}

std::string without_spaces(std::string text) {
  std::erase(text, ' ');
  return text;
}

}  // namespace

bool is_of(const Controller& controller, const Namespace& space, const DeviceIdentity& medium) {
  return without_spaces(controller.serial) == without_spaces(medium.serial) &&
         without_spaces(controller.model) == without_spaces(medium.model) &&
         space.size_blocks * space.block_bytes == medium.size_bytes;
}

Result<DriveFacts> ask_facts(NvmeAdmin& drive, std::uint32_t nsid) {
  QUIETUS_TRY(controller, ask_controller(drive));
  QUIETUS_TRY(space, ask_namespace(drive, nsid));
  QUIETUS_TRY(active, ask_namespaces(drive));
  return DriveFacts{std::move(controller), nsid, std::move(space), std::move(active)};
}

std::vector<std::string> reasons_against(const DriveFacts& drive, const SanitizeRequest& request) {
  std::vector<std::string> reasons;
  if (!drive.controller.can(request.action))
    reasons.push_back("the drive has no sanitize " + std::string(name_of(request.action)) + " (SANICAP)");
  if (request.after == AfterSanitize::keep_allocated && !drive.controller.keeps_allocated)
    reasons.emplace_back("the drive deallocates after sanitize whatever it is asked (SANICAP, NDI)");
  if (request.failure == FailureMode::unrestricted)
    reasons.emplace_back("a drive that failed to sanitize must not come back into use (AUSE)");
  not_ours_alone(drive, reasons);
  others_affected(drive, reasons);
  if (drive.controller.several_controllers && drive.space.shared)
    reasons.emplace_back("the NVM subsystem has several controllers (CMIC)");
  return reasons;
}

std::vector<std::string> reasons_against(const DriveFacts& drive, FormatErase erase) {
  std::vector<std::string> reasons;
  if (!drive.controller.can_format) reasons.emplace_back("the drive has no Format NVM (OACS)");
  if (erase == FormatErase::cryptographic && !drive.controller.format_can_crypto)
    reasons.emplace_back("the drive does not say that its format can erase cryptographically (FNA)");
  not_ours_alone(drive, reasons);
  if (drive.controller.format_hits_all || drive.controller.format_erase_hits_all)
    others_affected(drive, reasons);
  return reasons;
}

std::vector<std::string> capabilities(const Controller& controller) {
  std::vector<std::string> names;
  if (controller.can_crypto_erase) names.emplace_back("sanitize-crypto");
  if (controller.can_block_erase) names.emplace_back("sanitize-block");
  if (controller.can_overwrite) names.emplace_back("sanitize-overwrite");
  if (controller.can_format && controller.format_can_crypto) names.emplace_back("format-crypto");
  if (controller.can_format) names.emplace_back("format-user-data");
  return names;
}

}  // namespace quietus::nvme
