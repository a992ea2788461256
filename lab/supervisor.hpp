// Keeps one daemon of a laboratory alive, and sees to it that nothing of a laboratory lives for ever.
#pragma once

#include <string>

#include "lab/child_process.hpp"

namespace quietus::lab {

struct SuperviseSettings {
  std::string name;        ///< of the daemon, for the log
  std::string record;      ///< where the daemon's pid is recorded
  std::string own_record;  ///< where ours is
  std::string stop_file;   ///< end when it appears
  int lifetime_s = 4 * 3600;
  int restarts_a_minute = 20;
  int asks_again = 75;     ///< exit status of a daemon that only wants a fresh process: started again at once
  int ends_for_good = 77;  ///< exit status after which starting again would do harm
  ChildSettings child;
};

/// Starts the daemon, starts it again when it dies (with growing pauses, and never more often than allowed),
/// ends it on SIGTERM, on the stop file and at the end of the lifetime. Returns when the daemon is gone. Call
/// install_stop_signals first.
Status supervise(const SuperviseSettings& settings);

}  // namespace quietus::lab
