// The figures of the pure core: what a question costs, and what deciding a ledger again costs.
#pragma once

#include <functional>

#include "bench/governance/large_case.hpp"

namespace quietus::bench {

void may_rate(const LargeCase& large);
/// Adds to the case's history: a million entries, or a hundred thousand for who has less time.
void replay_rate(LargeCase& large, bool million);

/// Of this process, which has one thread: other work on the machine counts less than in wall time.
double processor_seconds_of(const std::function<void()>& act);

}  // namespace quietus::bench
