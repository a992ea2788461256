// run/NAME.pid: a process as it can be recognised later. A pid alone is no identity, the kernel uses it
// again.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "quietus/result.hpp"

namespace quietus::lab {

struct ProcessRecord {
  pid_t pid = 0;
  std::uint64_t start_ticks = 0;  ///< field 22 of /proc/PID/stat
  std::string command;            ///< /proc/PID/cmdline, spaces between arguments
  bool operator==(const ProcessRecord&) const = default;
};

/// What /proc says about it now; nullopt when there is none, or only a zombie.
std::optional<ProcessRecord> process_now(pid_t pid);

Status save_record(const std::string& path, const ProcessRecord& record);
/// nullopt when the file is absent or cannot be read as a record.
std::optional<ProcessRecord> load_record(const std::string& path);

/// The recorded process, if exactly it still runs.
std::optional<ProcessRecord> running(const std::string& path);

/// SIGTERM, then SIGKILL after grace_ms. True when it is gone. Never signals a process that is not the
/// recorded one.
bool end_recorded(const std::string& path, int grace_ms);

}  // namespace quietus::lab
