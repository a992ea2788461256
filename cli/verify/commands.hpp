// The auditor's commands: as `quietus verify` and `quietus replay`, and as the program quietus-verify.
#pragma once

#include "cli/terminal/command_line.hpp"
#include "cli/terminal/context.hpp"

namespace quietus::cli {

void add_verify_commands(Command top, const Context& context);
void add_replay_commands(Command top, const Context& context);
/// What `verify` takes, of a program that does nothing else.
void add_verifier(Command top, const Context& context);

}  // namespace quietus::cli
