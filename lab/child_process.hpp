// Starting programs: who they run as, where their words go, and how they are found again.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "quietus/result.hpp"

namespace quietus::lab {

struct ChildSettings {
  std::vector<std::string> command;  ///< command[0] is a path
  std::vector<std::pair<std::string, std::string>>
      environment;                 ///< all of it: nothing is inherited but PATH and LANG
  std::string folder;              ///< working folder
  std::string log;                 ///< standard output and error are appended here
  std::uint32_t uid = 0, gid = 0;  ///< changed only when we are root and they are not 0
  bool dies_with_us = false;       ///< SIGTERM when the parent has gone
  bool own_session = false;        ///< survives the terminal
};

/// The pid. Errors of exec come back as errors, not as a dead child.
Result<pid_t> start_child(const ChildSettings& settings);
/// Exit status as the shell has it (128 + signal). Kills it after timeout_ms and says `timed_out`.
Result<int> wait_for_child(pid_t pid, int timeout_ms);
/// start_child, wait_for_child; anything but status 0 is an error that names the log.
Status run_child(const ChildSettings& settings, int timeout_ms);

}  // namespace quietus::lab
