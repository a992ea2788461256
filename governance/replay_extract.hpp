// An extract of the ledger (proof/ledger_extract.hpp), decided again.
#pragma once

#include "governance/replay.hpp"
#include "proof/ledger_extract.hpp"

namespace quietus::governance {

/// Every opened body is read as an event, its signatures are checked under the extract's people authority at
/// the time of the entry, and it is decided again. An extract holds one case: what happened in others is
/// closed, and no decision about this one rests on it.
/// `verification_failed` naming the entry whose body is no event.
Result<Replay> replay_extract(const proof::VerifiedExtract& extract, const PackChoice& pack);

}  // namespace quietus::governance
