// The one question. Pure: the same state, pack, question and clock always give the same answer.
#pragma once

#include "governance/decision.hpp"
#include "governance/pack.hpp"
#include "governance/state.hpp"

namespace quietus::governance {

/// A clock this far behind the newest event has gone backwards.
inline constexpr std::int64_t kClockToleranceMs = 2000;

/// May `person` (null = the house, or an eraser carrying out an order) do `verb` to `holding` in `case_id`
/// now? Null holding or case = the verb in general. Unknown counts as no. decide() asks it for every command,
/// and adds what only the command can tell. `plan`: how a medium is about to be erased, when that is asked.
/// `act`: of the order that is about to be proposed.
Decision may(const State& state, const Pack& pack, const Person* person, Verb verb, const HoldingId* holding,
             const CaseId* case_id, const ClockReading& clock, const Plan* plan = nullptr,
             OrderAct act = OrderAct::destroy);

/// The same about one key of a keyring, or, without a number, about what all its keys have in common. `seal`
/// = encrypt, MAC, sign; `open` = decrypt, verify; `release_data_key` = a data key leaves in clear (making
/// one needs `seal` besides). A scheduled key still opens: the permit then obliges to say so.
Decision may_key(const State& state, const Pack& pack, const Person* person, Verb verb,
                 const KeyringId& keyring, std::optional<KeyNumber> number, const ClockReading& clock);

}  // namespace quietus::governance
