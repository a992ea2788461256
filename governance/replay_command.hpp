// The command that an event came from. Private to replay.
#pragma once

#include <optional>

#include "governance/command.hpp"
#include "governance/state.hpp"

namespace quietus::governance {

struct Rebuilt {
  CommandBody command;
  /// What was shown to kms then (facts of a medium, evidence, what an epoch has shown, why a second person
  /// broke the glass) is no part of the event: it was put in as good as it had to be.
  bool shown_taken_as_good = false;
};

/// Nothing for an event that no command begins with: it follows from another one in the same decision.
std::optional<Rebuilt> command_of(const State& before, const Event& event);
/// Of those alone for which something was shown.
std::optional<CommandBody> shown_command_of(const State& before, const Event& event);

}  // namespace quietus::governance
