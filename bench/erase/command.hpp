// Programs of others, run to their end.
#pragma once

#include <string>
#include <vector>

namespace quietus::bench {

struct CommandRun {
  std::string output;            ///< standard output
  double seconds = 0;            ///< from start to end
  double processor_seconds = 0;  ///< of it and of what it waited for
};

/// Ends the benchmark when the program is missing or fails.
CommandRun run_command(const std::vector<std::string>& words);

}  // namespace quietus::bench
