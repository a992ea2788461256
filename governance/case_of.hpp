// Which case something is about.
#pragma once

#include "governance/command.hpp"
#include "governance/event.hpp"
#include "governance/state.hpp"

namespace quietus::governance {

/// The case that a command is about, or nullptr: it is about none (counts of denials), or nobody knows it.
const Case* case_of(const State& state, const CommandBody& body);
/// The same of an event. `after`: a state in which it has happened.
const Case* case_of(const State& after, const Event& event);
/// The case of a holding, or the one that is named.
const Case* case_of(const State& state, const HoldingId* holding, const CaseId* case_id);

}  // namespace quietus::governance
