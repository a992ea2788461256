// Whether a witness is there when something begins that nobody can undo, and has said how it ended. Which
// holdings want that is data of the pack. Pure.
#pragma once

#include <string_view>

#include "governance/pack.hpp"
#include "governance/state.hpp"

namespace quietus::governance {

/// Kinds of attestation about an order, by a witness of its case.
inline constexpr std::string_view kWitnessStart = "witness_start", kWitnessEnd = "witness_end",
                                  kWitnessLeave = "witness_leave", kWitnessStop = "witness_stop";

/// Proposer, approvers, responsible person and witness are different people (I4), whenever they speak.
bool may_witness(const OrderRecord& record, const PersonId& who);
/// A witness of the case who has no other part in the order, said within the pack's minutes before `at` that
/// they are there, and has not left since; or nullptr. The newest word.
const AttestationRecord* present_witness(const State& state, const Pack& pack, const OrderRecord& record,
                                         UnixMs at);
/// Until when that word counts.
UnixMs present_until(const Pack& pack, const AttestationRecord& word);
/// The same while a medium is being erased: within the minutes of the holding's checkpoints, or at any time
/// where the pack asks for none.
const AttestationRecord* staying_witness(const State& state, const Pack& pack, const OrderRecord& record,
                                         const HoldingId& holding, UnixMs at);
/// The word of a witness by which the order is over; or nullptr. It is never unsaid: what goes on goes on
/// under another order.
const AttestationRecord* stopped_by_witness(const State& state, const OrderRecord& record);
/// Whether the run on a medium goes on: nobody has stopped it, and the witness whom the holding wants is
/// still there. What a run is told is for now: the next mandate asks may().
bool run_goes_on(const State& state, const Pack& pack, const OrderRecord& record, const HoldingId& holding,
                 UnixMs at);
/// The word of such a witness that came after the line was complete, and after everything that stopped the
/// order; or nullptr.
const AttestationRecord* witness_of_end(const State& state, const OrderRecord& record,
                                        const LineProgress& line, UnixMs at);

enum class WitnessWord { none, start, end };
/// The word that the line's next step waits for.
WitnessWord witness_wanted(const State& state, const Pack& pack, const OrderRecord& record,
                           const HoldingId& holding, UnixMs at);
/// Of the whole order: the end of one line before the start of another.
WitnessWord witness_wanted(const State& state, const Pack& pack, const OrderRecord& record, UnixMs at);

}  // namespace quietus::governance
