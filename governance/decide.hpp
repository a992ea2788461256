// command -> events. Pure: no clock, no randomness, no I/O; the auditor replays it.
#pragma once

#include "governance/command.hpp"
#include "governance/decision.hpp"
#include "governance/packs.hpp"
#include "governance/state.hpp"

namespace quietus::governance {

/// Denied: all reasons, no event, no grant. Permitted: at least one event, each acceptable to apply() in
/// order.
Decision decide(const State& state, const Pack& pack, const Command& command, const ClockReading& clock);
/// Under the pack that the case is pinned to.
Decision decide(const State& state, const Packs& packs, const Command& command, const ClockReading& clock);

}  // namespace quietus::governance
