// An extract of the ledger (proof/ledger_extract.hpp), decided again.
#pragma once

#include "governance/packs.hpp"
#include "governance/replay.hpp"
#include "proof/ledger_extract.hpp"

namespace quietus::governance {

/// The rule packs that travel with the extract, on top of the house's own. That they are the right ones is
/// shown by the ledger: a case names the digest of the pack it is pinned to. `invalid_input` naming the file.
Result<Packs> packs_of(const proof::VerifiedExtract& extract);

/// Names of the rule packs that an entry of the case rests on and that are not among these.
std::vector<std::string> packs_missing(const proof::VerifiedExtract& extract, const Packs& packs);

/// Every opened body is read as an event, its signatures are checked under the extract's people authority at
/// the time of the entry, and it is decided again. An extract holds one case: what happened in others is
/// closed, and no decision about this one rests on it. What is closed is not asked about: an entry of the
/// case that was held back is noticed where a later one rests on it, and otherwise not (proof::ClosedLeaves).
/// `verification_failed` naming the entry whose body is no event.
Result<Replay> replay_extract(const proof::VerifiedExtract& extract, const Packs& packs);

}  // namespace quietus::governance
