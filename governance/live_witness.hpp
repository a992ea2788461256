// Whether a witness is there when something begins that nobody can undo, and has said how it ended. Which
// holdings want that is data of the pack. Pure.
#pragma once

#include <string_view>

#include "governance/pack.hpp"
#include "governance/state.hpp"

namespace quietus::governance {

/// Kinds of attestation about an order, by a witness of its case.
inline constexpr std::string_view kWitnessStart = "witness_start", kWitnessEnd = "witness_end";

/// Proposer, approvers, responsible person and witness are different people (I4), whenever they speak.
bool may_witness(const OrderRecord& record, const PersonId& who);
/// A witness of the case who has no other part in the order, and said within the pack's minutes before `at`
/// that they are there; or nullptr. The newest word.
const AttestationRecord* present_witness(const State& state, const Pack& pack, const OrderRecord& record,
                                         UnixMs at);
/// Until when that word counts.
UnixMs present_until(const Pack& pack, const AttestationRecord& word);
/// The word of such a witness that came after the line was complete; or nullptr.
const AttestationRecord* witness_of_end(const State& state, const OrderRecord& record,
                                        const LineProgress& line, UnixMs at);

enum class WitnessWord { none, start, end };
/// The word that the line's next step waits for.
WitnessWord witness_wanted(const State& state, const Pack& pack, const OrderRecord& record,
                           const HoldingId& holding, UnixMs at);
/// Of the whole order: the end of one line before the start of another.
WitnessWord witness_wanted(const State& state, const Pack& pack, const OrderRecord& record, UnixMs at);

}  // namespace quietus::governance
