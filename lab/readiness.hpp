// Is it there yet? Asked of the daemons over their ordinary interfaces.
#pragma once

#include "lab/lab.hpp"
#include "lab/settings.hpp"

namespace quietus::lab {

/// Until the port file is there and kms says it is alive; `timed_out` names the log.
Status wait_for_kms(const Layout& layout, const LabSettings& settings, int timeout_ms);
bool kms_answers(const Layout& layout, const LabSettings& settings);
/// Until the eraser has reported what it sees.
Status wait_for_inventory(const Layout& layout, const LabSettings& settings, int timeout_ms);
/// Until somebody listens on the port.
Status wait_for_port(const Layout& layout, std::uint16_t port, const std::string& daemon, int timeout_ms);

}  // namespace quietus::lab
