// Configuration of quietus-eraser: one strict JSON file.
#pragma once

#include <string>

#include "eraser/plan/choice.hpp"
#include "quietus/ids.hpp"
#include "quietus/media.hpp"
#include "quietus/result.hpp"

namespace quietus::eraser {

struct EraserSettings {
  HostId host;
  std::string kms_url;
  std::string ca, certificate, key;  ///< PEM files of the TLS client
  std::string agent_socket, state_dir;
  OverwritePattern pattern = OverwritePattern::stream;
  DriveCommands drive_commands = DriveCommands::when_demanded;
  int poll_ms = 500;
  bool read_back = false;              ///< every byte is read again by the eraser, before the agent's sample
  std::uint64_t most_bytes_per_s = 0;  ///< of one medium; 0: as fast as it takes them
  std::string crash_at, crash_trace;   ///< tests only
};

/// Paths are absolute when this returns.
Result<EraserSettings> load_eraser_settings(const std::string& path);

}  // namespace quietus::eraser
