#include "proof/ask_witness.hpp"

#include <charconv>

#include "proof/add_checkpoint.hpp"

namespace quietus::proof {
namespace {

constexpr unsigned kOk = 200, kForbidden = 403, kNotFound = 404, kConflict = 409, kUnprocessable = 422,
                   kServerError = 500;

std::unexpected<Error> contradicted(const std::string& what) {
  return fail(
      ErrorKind::verification_failed, what,
      "trust no new certificate of this appliance; keep its database, its token and the witness's folder as "
      "they are, and compare them with an auditor");
}

std::string entries(std::uint64_t count) { return std::to_string(count) + " entries"; }

/// The size in an answer 409 of type text/x.tlog.size.
Result<std::uint64_t> size_in(const WitnessAnswer& answer) {
  const std::string_view text = as_text(answer.body);
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (answer.content_type != "text/x.tlog.size" || error != std::errc{} ||
      std::string_view(end, static_cast<std::size_t>(text.data() + text.size() - end)) != "\n")
    return fail(ErrorKind::corrupt, "the witness did not say how far it has seen the ledger");
  return size;
}

Status good(const WitnessAnswer& answer) {
  if (answer.status == kOk) return {};
  const std::string why =
      " (" + std::to_string(answer.status) + ": " + std::string(as_text(answer.body).substr(0, 200)) + ")";
  if (answer.status == kNotFound || answer.status == kForbidden) {
    return fail(
        ErrorKind::denied, "the witness does not watch this ledger, or not with this key" + why,
        "its operator adds it: quietus-witness watch FOLDER KEY, with the key of `quietus audit cosign "
        "--show-key`");
  }
  return fail(answer.status >= kServerError ? ErrorKind::unavailable : ErrorKind::internal,
              "the witness did not cosign" + why);
}

/// Lines of anybody else are not taken.
Result<Cosigned> read_word(const WitnessKey& key, ProvedHead head, const WitnessAnswer& answer) {
  QUIETUS_CHECK(good(answer));
  QUIETUS_TRY(note, parse_signed_note(head.note + std::string(as_text(answer.body))));
  QUIETUS_TRY(at, verify_cosignature(note, key));
  for (const auto& line : note.signatures)
    if (line.name == key.name && line.key_id == key_id(key)) return Cosigned{std::move(head), line, at};
  return fail(ErrorKind::corrupt, "the witness's line went away");
}

Result<WitnessAnswer> submit(const SendToWitness& send, std::uint64_t old_size, const ProvedHead& head) {
  return send(write_add_checkpoint(old_size, head.consistency, head.note));
}

/// What it means that the witness, who has seen `seen` entries, refuses `head` with the proof from there.
Result<Cosigned> after_conflict(const WitnessKey& key, const SendToWitness& send, std::uint64_t seen,
                                ProvedHead head) {
  if (head.checkpoint.size < seen)
    return contradicted("the ledger was rolled back: the witness has seen " + entries(seen) +
                        ", and it has " + std::to_string(head.checkpoint.size));
  QUIETUS_TRY(answer, submit(send, seen, head));
  if (answer.status == kUnprocessable)
    return contradicted("the ledger was rewritten: it does not contain the " + entries(seen) +
                        " that the witness has seen");
  if (answer.status != kConflict) return read_word(key, std::move(head), answer);
  QUIETUS_TRY(now_seen, size_in(answer));
  if (now_seen == seen && head.checkpoint.size == seen)
    return contradicted("the ledger was forked: the witness has seen another tree of " + entries(seen));
  return fail(ErrorKind::unavailable, "somebody else took a checkpoint to the witness meanwhile", "repeat");
}

}  // namespace

Result<Cosigned> ask_witness(const WitnessKey& key, const SendToWitness& send, const HeadSource& heads) {
  QUIETUS_TRY(first, heads(0));
  QUIETUS_TRY(answer, submit(send, 0, first));
  if (answer.status != kConflict) return read_word(key, std::move(first), answer);
  QUIETUS_TRY(seen, size_in(answer));
  // Asked again even when `first` is the older one: somebody may have taken a newer head there meanwhile.
  QUIETUS_TRY(head, heads(seen));
  return after_conflict(key, send, seen, std::move(head));
}

}  // namespace quietus::proof
