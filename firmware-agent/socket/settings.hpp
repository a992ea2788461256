// Configuration of quietus-firmware-agent: one strict JSON file.
#pragma once

#include <string>
#include <vector>

#include "quietus/ids.hpp"
#include "quietus/result.hpp"

namespace quietus::agent {

struct AgentSettings {
  HostId host;
  std::string socket;       ///< unix socket to listen on
  unsigned eraser_uid = 0;  ///< the only user who is answered
  std::string state_dir;
  std::string key, certificate;             ///< host key (PEM, 0600) and its certificate
  std::string service_ca, people_ca, root;  ///< pinned
  std::vector<std::string> image_dirs;
  std::string crash_at, crash_trace;  ///< tests only
};

/// Paths are absolute when this returns.
Result<AgentSettings> load_agent_settings(const std::string& path);

}  // namespace quietus::agent
