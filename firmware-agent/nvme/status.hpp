// What a completion's status means for erasure.
#pragma once

#include <string>

#include "firmware-agent/nvme/admin.hpp"

namespace quietus::nvme {

/// "Sanitize In Progress (001Dh)"; a code without a name here is given as a number.
std::string status_text(const Completion& completion);
/// The path to the drive failed, the drive itself has not spoken (status code type 3: the kernel answers so
/// while a controller is being reset or reconnected).
bool is_path_failure(const Completion& completion);
/// A sanitize operation is running, whoever began it (generic status 1Dh).
bool says_sanitize_in_progress(const Completion& completion);

}  // namespace quietus::nvme
