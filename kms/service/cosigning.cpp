#include "kms/service/cosigning.hpp"

#include "proof/ask_witness.hpp"

namespace quietus::service {
namespace {

Result<proof::ProvedHead> proved_head(Service& service, const SignedHead& head, std::uint64_t from) {
  proof::ProvedHead out;
  out.checkpoint = {service.settings.origin, head.head.size, head.head.root};
  out.note = head.note;
  if (from == 0) return out;
  QUIETUS_TRY(proof, service.ledger.consistency_proof(from, head.head.size));
  out.consistency = std::move(proof);
  return out;
}

/// `head`, or the newest one for a witness who has seen more than that: whether the ledger was rolled back
/// is a question about the newest.
Result<proof::ProvedHead> head_for(Service& service, const SignedHead& head, std::uint64_t from) {
  if (from <= head.head.size) return proved_head(service, head, from);
  QUIETUS_TRY(newest, service.checkpointer.publish());
  return proved_head(service, newest, from <= newest.head.size ? from : 0);
}

}  // namespace

Result<SignedHead> cosigned_head(Service& service) {
  QUIETUS_TRY(head, service.checkpointer.publish());
  SignedHead out = head;
  for (const auto& witness : service.witnesses) {
    const auto word = proof::ask_witness(witness.key, witness.send,
                                         [&](std::uint64_t from) { return head_for(service, head, from); });
    if (!word) {
      Error error = word.error();
      error.message = "witness " + witness.key.name + ": " + error.message;
      return std::unexpected(std::move(error));
    }
    if (word->head.checkpoint.size != head.head.size)
      return fail(ErrorKind::unavailable, "witness " + witness.key.name + " has seen a newer head meanwhile");
    out.note += proof::note_signature_line(word->line);
    out.witnesses.push_back(witness.key);
  }
  return out;
}

}  // namespace quietus::service
