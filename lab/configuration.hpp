// The configuration files of the daemons: ordinary ones, written once, then a person's to change. Only
// addresses are kept up to date.
#pragma once

#include <string>

#include "lab/layout.hpp"
#include "lab/settings.hpp"
#include "quietus/result.hpp"

namespace quietus::lab {

/// Relative to the laboratory's folder, which is the daemons' working folder: a socket's path stays short
/// then.
inline constexpr const char* kKmsConfig = "kms/kms.json";
inline constexpr const char* kEraserConfig = "eraser/eraser.json";
inline constexpr const char* kAgentConfig = "agent/agent.json";
inline constexpr const char* kTimeStampConfig = "tsa/tsa.json";
inline constexpr const char* kKmsPortFile = "kms/state/kms.port";

/// Writes those that are absent and puts the current ports into the others.
Status write_configurations(const Layout& layout, const LabSettings& settings);

}  // namespace quietus::lab
