#include "governance/backups.hpp"

#include <algorithm>

#include "governance/attested.hpp"
#include "governance/standing.hpp"

namespace quietus::governance {

namespace {

bool is_there(const Holding& backup) {
  const bool lives = backup.state == HoldingState::declared || backup.state == HoldingState::sealed;
  return lives && (backup.kind == HoldingKind::disk || backup.has_key());
}

/// When what is in it got there; 0 for a medium, of which nobody but the people knows.
UnixMs made(const Holding& backup) {
  return backup.sealed_file ? backup.sealed_file->at : backup.key_created;
}

/// A test is of what the backup held then: what was sealed since has to be tested again. People date their
/// word by the minute; when it was entered is known exactly.
bool has_passed(const State& state, const Holding& backup, UnixMs at) {
  const UnixMs since = made(backup);
  const UnixMs minute{since.value - since.value % kMinuteMs};
  return std::ranges::any_of(attestations(state, backup.case_id, kRestoreTest, about(backup.id), at),
                             [&](const auto* word) {
                               const bool later = word->entered >= since && word->attestation.from >= minute;
                               return later && word->attestation.field("result") == "passed";
                             });
}

}  // namespace

bool is_to_move(const Case& in, const Holding& holding) {
  return in.deal != "equity" && holding.placement.copy == CopyKind::original && !is_terminal(holding.state) &&
         !is_never_handed(holding);
}

const Holding& original_of(const State& state, const Holding& holding) {
  const Holding* at = &holding;
  while (const Holding* parent = state.find(at->placement.parent)) at = parent;
  return *at;
}

std::set<HoldingId> restorable(const State& state, const Case& in, Backups which, UnixMs at) {
  std::set<HoldingId> originals;
  for (const auto& id : in.holdings) {
    const Holding& backup = *state.find(id);
    if (backup.placement.copy != CopyKind::backup) continue;
    if (which == Backups::living && !is_there(backup)) continue;
    if (has_passed(state, backup, at)) originals.insert(backup.placement.parent);
  }
  return originals;
}

}  // namespace quietus::governance
