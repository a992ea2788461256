// Commands, options and their help, without the parser's own headers: one file pays for those.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/terminal/exit_code.hpp"
#include "quietus/result.hpp"

namespace quietus::cli {

/// What a command does when it was the one chosen.
using Action = std::function<Result<ExitCode>()>;

/// One command or sub-command; a handle, copied freely. Targets of options live as long as the CommandLine:
/// keep them in a shared_ptr that the action captures.
class Command {
 public:
  Command add(const std::string& name, const std::string& help);
  /// `names`: "--case,-c" for an option, "DEVICE" (no dash) for an argument by position.
  Command& text(const std::string& names, std::string& target, const std::string& help,
                bool required = false);
  Command& texts(const std::string& names, std::vector<std::string>& target, const std::string& help,
                 bool required = false);
  Command& number(const std::string& names, int& target, const std::string& help, int min, int max);
  Command& flag(const std::string& names, bool& target, const std::string& help);
  Command& hidden();
  Command& runs(Action action);

 private:
  friend class CommandLine;
  Command(void* app, class CommandLine* line) : app_(app), line_(line) {}
  void* app_;
  class CommandLine* line_;
};

class CommandLine {
 public:
  CommandLine(const std::string& program, const std::string& description, const std::string& footer);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  Command top();
  /// Parses and runs the chosen action. Help and complaints about usage are printed here.
  Result<ExitCode> run(int argc, char** argv);

 private:
  friend class Command;
  struct State;
  State* state_;
};

}  // namespace quietus::cli
