// What every program for people does around its commands: hardening, global options, errors, exit code.
#pragma once

#include <span>
#include <string>

#include "cli/terminal/command_line.hpp"
#include "cli/terminal/context.hpp"

namespace quietus::cli {

using AddCommands = void (*)(Command top, const Context& context);

struct Program {
  std::string name;         ///< as errors and help call it
  std::string description;  ///< its one sentence in the help
  bool has_profile = false;
  std::span<const AddCommands> commands;
};

/// All of main(): an ExitCode, whatever happens.
int run_program(const Program& program, int argc, char** argv);

}  // namespace quietus::cli
