// An appliance in a folder, for learning and tests: a real token, real certificates, the real daemons with
// their ordinary configuration. Everything it issues says "laboratory".
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "quietus/ids.hpp"
#include "quietus/result.hpp"

namespace quietus::lab {

/// Told to a person while something takes its time; one short line each.
using Tell = std::function<void(const std::string&)>;

struct UpSettings {
  std::string folder;         ///< made when absent
  std::string name;           ///< of a new laboratory; empty: a random one. An existing one keeps its name.
  std::string programs;       ///< folder with quietus, quietus-kms, quietus-eraser and quietus-firmware-agent
  std::string hsm_profile;    ///< text of the hsm-config profile a new laboratory uses
  int lifetime_s = 4 * 3600;  ///< after that the daemons end by themselves
  int timeout_s = 60;         ///< for each daemon to become ready
  Tell tell = [](const std::string&) {};
};

/// Makes what is missing, starts what is down, keeps everything else; returns when kms answers and the eraser
/// has reported its inventory. Errors name the step, the log to look into and what to do.
Status up(const UpSettings& settings);

/// Ends every process of the laboratory: only those whose recorded start time and command line are still
/// theirs.
Status down(const std::string& folder, const Tell& tell);

struct ProcessState {
  std::string name;
  bool running = false;
  int pid = 0;
  int supervisor_pid = 0;
};
struct LabState {
  std::string name, folder, url, root_fingerprint;
  std::vector<ProcessState> processes;
  bool ready = false;  ///< all run, and kms answers
};
Result<LabState> state(const std::string& folder);
Json to_json(const LabState& state);

/// A person with their own key: people/ID/{key.pem,certificate.pem,root.pem,quietus.json}. `conflict` when
/// the id is taken.
Status add_person(const std::string& folder, const PersonId& id, const std::string& name,
                  const std::string& department);
/// Puts the person's certificate on the people CA's list, which kms reads again by itself.
Status revoke_person(const std::string& folder, const PersonId& id);

}  // namespace quietus::lab
