// Which case an event is about.
#pragma once

#include <optional>

#include "governance/event.hpp"
#include "governance/state.hpp"

namespace quietus::governance {

/// `after`: a state in which the event has happened. Nothing for what is about no case (counts of denials).
std::optional<CaseId> case_of(const State& after, const Event& event);

}  // namespace quietus::governance
