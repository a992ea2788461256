// state + event -> state. The only way a State changes.
#pragma once

#include "governance/event.hpp"
#include "governance/state.hpp"

namespace quietus::governance {

/// `conflict` when the event does not follow from the state (unknown or repeated id, a state going
/// backwards); the state is then unchanged. A ledger that holds such an event is not one that decide() wrote.
Status apply(State& state, const Event& event);

}  // namespace quietus::governance
