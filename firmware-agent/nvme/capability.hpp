// May this command be sent to this drive? By capability bits and by who else is in the NVM subsystem.
#pragma once

#include <string>
#include <vector>

#include "firmware-agent/nvme/identify.hpp"
#include "quietus/media.hpp"

namespace quietus::nvme {

/// What Identify says, of a drive and the one namespace that is to be erased.
struct DriveFacts {
  Controller controller;
  std::uint32_t nsid = 0;
  Namespace space;
  std::vector<std::uint32_t> active;  ///< all active namespaces of the controller
};
Result<DriveFacts> ask_facts(NvmeAdmin& drive, std::uint32_t nsid);

/// Whether a drive that says this of itself is the medium that was identified through its descriptor: serial
/// number and model, spaces apart (kernel and drive pad the same text differently), and size.
bool is_of(const Controller& controller, const Namespace& space, const DeviceIdentity& medium);

/// Every reason; empty = it may be sent. Sanitize is about the whole subsystem, so a second namespace, or one
/// that other controllers share, is a reason.
std::vector<std::string> reasons_against(const DriveFacts& drive, const SanitizeRequest& request);
std::vector<std::string> reasons_against(const DriveFacts& drive, FormatErase erase);

/// "sanitize-crypto", "format-user-data" …: what the drive offers, for lists and plans.
std::vector<std::string> capabilities(const Controller& controller);

}  // namespace quietus::nvme
