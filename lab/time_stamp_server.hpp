// The laboratory's time-stamp authority as a small HTTP server on the loopback (RFC 3161 §3.4).
#pragma once

#include <string>

#include "quietus/result.hpp"

namespace quietus::lab {

/// Serves until a stop signal. Configuration: listen, port, certificate, intermediate, key, serial_file.
Status serve_time_stamps(const std::string& config_path);

}  // namespace quietus::lab
