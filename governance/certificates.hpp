// Certificates of a holding: which there are, which still stand, and whose place another one has to take.
// Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "governance/state.hpp"

namespace quietus::governance {

/// Whether it was issued for the holding, as no withdrawal, and no other has taken its place.
bool stands(const State& state, const Holding& holding, const std::string& certificate_id);

/// A certificate that two approvers of two departments want corrected or withdrawn.
struct DueReplacement {
  HoldingId holding;
  std::string certificate_id;
  Replacement outcome = Replacement::withdrawn;
  struct Word {
    std::uint64_t ledger_index = 0;
    UnixMs entered;
  };
  std::vector<Word> words;  ///< one of each person, in the ledger's order; at most proof::kMaxReplacingWords
};
/// Words about it that count at `at`: nothing unless they are enough.
std::optional<DueReplacement> due_replacement(const State& state, const Holding& holding,
                                              const std::string& certificate_id, Replacement outcome,
                                              UnixMs at);
/// Every one that stands and should not; withdrawn before corrected.
std::vector<DueReplacement> due_replacements(const State& state, UnixMs at);

}  // namespace quietus::governance
