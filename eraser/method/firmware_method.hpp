// Erasure by a drive's own command, as data: what is sent, which clause it implements, what it can claim and
// what it does not reach. A new method is one row of the table in firmware_method.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "quietus/media.hpp"

namespace quietus::eraser {

struct FirmwareMethod {
  std::string_view id;             ///< Plan::technique_id
  std::string_view drive_command;  ///< as the agent's list names what a drive can do ("sanitize-block")
  SanitizationMethod best_claim;
  std::string_view technique;  ///< for people
  std::string_view clause;     ///< the standard that names the technique
};

/// In the order in which a plan prefers them.
std::span<const FirmwareMethod> firmware_methods();
/// nullptr when no method has the id.
const FirmwareMethod* find_firmware_method(std::string_view id);

/// What the agent found out about one run, each by its own eyes.
struct FirmwareResult {
  bool drive_completed = false;  ///< accepted, ours, and completed by the drive's own log or answer
  bool markers_gone = false;     ///< every marker was looked for, none was left, none unreadable
  bool restricted = false;       ///< AUSE 0: had it failed, the drive would not have come back into use
};
/// The method's best claim when everything holds, else none: there is no half of an erasure.
SanitizationMethod claim_after(const FirmwareMethod& method, const FirmwareResult& result);

/// What the method does not reach, for the plan and the certificate. Never empty.
std::vector<std::string> areas_not_covered(const FirmwareMethod& method);
/// Makes the plan one by this method, with all that the method can claim; what it is about stays.
void plan_by(const FirmwareMethod& method, Plan& plan);

}  // namespace quietus::eraser
