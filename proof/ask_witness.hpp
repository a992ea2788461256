// Taking the ledger's head to a witness (c2sp.org/tlog-witness, add-checkpoint): the dialogue, over whatever
// connection there is.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "proof/checkpoint.hpp"
#include "proof/cosignature.hpp"

namespace quietus::proof {

/// What a witness answers over HTTP.
struct WitnessAnswer {
  unsigned status = 0;
  std::string content_type;
  Bytes body;
};
/// POST /add-checkpoint with this text.
using SendToWitness = std::function<Result<WitnessAnswer>(std::string_view text)>;

/// A head of the ledger with the proof that it contains the first `from` entries.
struct ProvedHead {
  Checkpoint checkpoint;
  std::string note;  ///< signed by the ledger alone
  std::vector<Digest> consistency;
};
/// The head to be cosigned; `from` 0: without a proof. When the ledger has not got `from` entries: its newest
/// head, without a proof.
using HeadSource = std::function<Result<ProvedHead>(std::uint64_t from)>;

struct Cosigned {
  ProvedHead head;
  NoteSignature line;  ///< the witness's, verified
  UnixMs at;           ///< when it signed
};

/// `verification_failed` when the witness has seen what contradicts the ledger: the message says whether it
/// was rolled back, forked or rewritten. `denied` when it does not watch this ledger, `unavailable` when it
/// is to be asked again.
Result<Cosigned> ask_witness(const WitnessKey& key, const SendToWitness& send, const HeadSource& heads);

}  // namespace quietus::proof
