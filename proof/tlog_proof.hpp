// A proof that travels alone (c2sp.org/tlog-proof@v1): index, inclusion proof, signed checkpoint.
#pragma once

#include <string>
#include <vector>

#include "proof/witnessed_checkpoint.hpp"

namespace quietus::proof {

struct TlogProof {
  std::uint64_t index = 0;
  std::vector<Digest> path;  ///< from the leaf's sibling up
  std::string checkpoint;    ///< signed note, verbatim
  bool operator==(const TlogProof&) const = default;
};

std::string write_tlog_proof(const TlogProof& proof);
/// The exact text form only; the optional `extra` line is refused, because nothing signs it.
Result<TlogProof> parse_tlog_proof(std::string_view text);
/// Checkpoint signature and exactly the words of these witnesses, then inclusion of `leaf_hash` at the index
/// under its root.
Result<WitnessedCheckpoint> verify_tlog_proof(const TlogProof& proof, const Digest& leaf_hash,
                                              BytesView spki_der,
                                              const std::vector<WitnessKey>& witnesses = {});

}  // namespace quietus::proof
