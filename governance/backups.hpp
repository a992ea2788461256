// I6: what is going to move can be restored, should the move go wrong.
#pragma once

#include <set>
#include <string_view>

#include "governance/state.hpp"

namespace quietus::governance {

/// The kind of attestation that says how restoring a backup on trial went: its field "result" is "passed", or
/// it counts for nothing.
inline constexpr std::string_view kRestoreTest = "restore_test";

/// An original that the deal carries over: it has not ended, and it is not one that may only be destroyed.
/// Nothing moves when a company only changes owners.
bool is_to_move(const Case& in, const Holding& holding);
/// What the holding was copied from in the first place: itself, when it is an original.
const Holding& original_of(const State& state, const Holding& holding);

/// Which backups count: before the move those that are there, afterwards also those that have ended since.
enum class Backups { living, ever };
/// Originals of the case with a backup that was restored on trial, with success, after it had been made.
/// Linear in the holdings of the case.
std::set<HoldingId> restorable(const State& state, const Case& in, Backups which, UnixMs at);

}  // namespace quietus::governance
