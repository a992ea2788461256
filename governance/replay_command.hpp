// The command that an event came from. Private to replay.
#pragma once

#include <optional>

#include "governance/command.hpp"
#include "governance/state.hpp"

namespace quietus::governance {

/// Nothing when the event does not hold all of what was said then (facts of a medium, evidence, what an epoch
/// has shown): those are digests in the ledger and documents in the bundle.
std::optional<CommandBody> command_of(const State& before, const Event& event);
/// What may() can be asked about an event that gives no command: the verb, the holding or the case.
struct Question {
  Verb verb = Verb::read;
  HoldingId holding;
};
std::optional<Question> question_of(const State& before, const Event& event);

}  // namespace quietus::governance
