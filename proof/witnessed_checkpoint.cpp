#include "proof/witnessed_checkpoint.hpp"

#include <set>

namespace quietus::proof {

Result<WitnessedCheckpoint> verify_witnessed_checkpoint(std::string_view signed_note, BytesView spki_der,
                                                        const std::vector<WitnessKey>& witnesses) {
  QUIETUS_TRY(note, parse_signed_note(signed_note));
  if (note.signatures.size() != 1 + witnesses.size())
    return fail(ErrorKind::verification_failed, "the checkpoint is not signed by the ledger and " +
                                                    std::to_string(witnesses.size()) + " witnesses");
  WitnessedCheckpoint out;
  QUIETUS_TRY(checkpoint, verify_cosigned_checkpoint(note, spki_der));
  out.checkpoint = checkpoint;
  if (note.signatures.front().name != checkpoint.origin)
    return fail(ErrorKind::verification_failed, "the checkpoint's first signature is not the ledger's");
  for (std::size_t i = 0; i < witnesses.size(); ++i) {
    QUIETUS_TRY(at, verify_cosignature({note.body, {note.signatures[i + 1]}}, witnesses[i]));
    out.seen_at.push_back(at);
  }
  return out;
}

std::string write_witness_keys(const std::vector<WitnessKey>& witnesses) {
  std::string text;
  for (const auto& witness : witnesses) text += to_string(witness) + "\n";
  return text;
}

Result<std::vector<WitnessKey>> parse_witness_keys(std::string_view text) {
  std::vector<WitnessKey> witnesses;
  std::set<std::string> names;
  for (std::string_view rest = text; !rest.empty();) {
    const auto line = take_line(rest);
    if (!line) return fail(ErrorKind::invalid_input, "witness keys: the last line has no end");
    QUIETUS_TRY(witness, parse_witness_key(*line));
    if (witnesses.size() == kMaxWitnesses || !names.insert(witness.name).second)
      return fail(ErrorKind::invalid_input, "witness keys: too many, or one name twice");
    witnesses.push_back(std::move(witness));
  }
  if (witnesses.empty() || write_witness_keys(witnesses) != text)
    return fail(ErrorKind::invalid_input, "witness keys: not in the one form");
  return witnesses;
}

}  // namespace quietus::proof
