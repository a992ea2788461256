// A checkpoint under which stand the ledger's signature and the words of named witnesses, and nothing else.
#pragma once

#include <string>
#include <vector>

#include "proof/checkpoint.hpp"
#include "proof/cosignature.hpp"

namespace quietus::proof {

/// Witnesses whose words travel in a bundle.
inline constexpr std::size_t kMaxWitnesses = 8;

struct WitnessedCheckpoint {
  Checkpoint checkpoint;
  std::vector<UnixMs> seen_at;  ///< when each witness signed, in their order
};

/// Strict: the ledger's line first, then one line of each witness in this order, each holds, no other line.
Result<WitnessedCheckpoint> verify_witnessed_checkpoint(std::string_view signed_note, BytesView spki_der,
                                                        const std::vector<WitnessKey>& witnesses);

/// trust/witness-keys.txt: a key a line, as people hand it on.
std::string write_witness_keys(const std::vector<WitnessKey>& witnesses);
/// That form only: 1 to kMaxWitnesses lines, no name twice.
Result<std::vector<WitnessKey>> parse_witness_keys(std::string_view text);

}  // namespace quietus::proof
