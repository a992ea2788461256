#include "witness/witness.hpp"

#include "base/log.hpp"
#include "proof/add_checkpoint.hpp"
#include "proof/merkle.hpp"

namespace quietus::witness {
namespace {

Answer refused(int status, const std::string& why) {
  return {status, "text/plain; charset=utf-8", why + "\n"};
}

Answer other_size(std::uint64_t size) { return {409, "text/x.tlog.size", std::to_string(size) + "\n"}; }

std::string text_of(const proof::SignedNote& note) {
  std::string text = note.body + "\n";
  for (const auto& signature : note.signatures) text += proof::note_signature_line(signature);
  return text;
}

void tell(LogLevel level, const LogRecord& record, const proof::Checkpoint& checkpoint, const char* what) {
  log(level, what,
      {{"origin", checkpoint.origin},
       {"size", std::to_string(checkpoint.size)},
       {"seen", std::to_string(record.newest().size)}});
}

/// What the log signed against itself is for a person to look at, and worth more than our answer.
void keep_contradiction(const LogRecord& record, const proof::SignedNote& note) {
  if (const auto kept = record.keep_evidence(text_of(note)); !kept)
    log(LogLevel::error, "the log contradicted itself and that could not be kept",
        {{"why", kept.error().message}, {"note", text_of(note)}});
}

}  // namespace

Result<std::unique_ptr<Witness>> Witness::open(const std::string& state, std::string name, Ed25519Key key,
                                               const std::vector<proof::LogKey>& logs, WallClock clock) {
  const proof::WitnessKey own{std::move(name), key.public_key()};
  if (!proof::is_key_name(own.name))
    return fail(ErrorKind::invalid_input,
                "the witness's name is not 1..128 visible ASCII characters without +");
  std::unique_ptr<Witness> witness(new Witness(own, std::move(key), std::move(clock)));
  const MutexLock lock(witness->mutex_);
  for (const auto& one : logs) {
    QUIETUS_TRY(record, LogRecord::open(state, one, own));
    if (!witness->logs_.try_emplace(one.origin, Watched{one, std::move(record)}).second)
      return fail(ErrorKind::invalid_input, one.origin + " is named twice");
  }
  return witness;
}

std::vector<proof::Checkpoint> Witness::seen() const {
  const MutexLock lock(mutex_);
  std::vector<proof::Checkpoint> all;
  for (const auto& [origin, watched] : logs_) all.push_back(watched.record.newest());
  return all;
}

Answer Witness::add_checkpoint(std::string_view text) {
  const auto request = proof::parse_add_checkpoint(text);
  if (!request) return refused(400, request.error().message);
  const auto claimed = proof::parse_checkpoint_body(request->note.body);
  if (!claimed) return refused(400, claimed.error().message);

  const MutexLock lock(mutex_);
  const auto found = logs_.find(claimed->origin);
  if (found == logs_.end()) return refused(404, "this log is not watched here");
  Watched& watched = found->second;
  if (!proof::verify_cosigned_checkpoint(request->note, watched.log.spki_der))
    return refused(403, "no signature of the log holds");

  const proof::Checkpoint& newest = watched.record.newest();
  if (claimed->size == newest.size && claimed->root != newest.root) {
    tell(LogLevel::error, watched.record, *claimed, "the log signed two trees of one size");
    keep_contradiction(watched.record, request->note);
    return other_size(newest.size);
  }
  if (request->old_size > claimed->size) return refused(400, "the old size is beyond the checkpoint's");
  if (request->old_size != newest.size) {
    if (claimed->size < newest.size)
      tell(LogLevel::warning, watched.record, *claimed,
           "an old checkpoint again, or a log that was rolled back");
    return other_size(newest.size);
  }
  if (request->old_size == claimed->size) {
    if (!request->proof.empty()) return refused(400, "a proof between equal sizes");
  } else if (request->old_size == 0) {
    if (!request->proof.empty()) return refused(400, "a proof from nothing");
  } else if (!proof::verify_consistency(newest.size, newest.root, claimed->size, claimed->root,
                                        request->proof)) {
    tell(LogLevel::error, watched.record, *claimed,
         "the log did not show that it contains what was cosigned");
    keep_contradiction(watched.record, request->note);
    return refused(422, "the consistency proof does not hold");
  }
  return cosign(watched, *claimed, request->note);
}

Answer Witness::cosign(Watched& watched, const proof::Checkpoint& checkpoint, const proof::SignedNote& note) {
  const auto line =
      proof::cosign(note.body, own_, clock_(), [this](BytesView message) { return key_.sign(message); });
  if (!line) return refused(500, line.error().message);
  // Others' lines are not kept: what we remember is the log's word and ours.
  std::string kept = note.body + "\n";
  for (const auto& signature : note.signatures)
    if (signature.name == checkpoint.origin) kept += proof::note_signature_line(signature);
  kept += proof::note_signature_line(*line);
  if (const auto durable = watched.record.keep(checkpoint, kept); !durable) {
    log(LogLevel::error, "a record could not be written", {{"why", durable.error().message}});
    return refused(500, "the record could not be written: nothing was cosigned");
  }
  return {200, "text/plain; charset=utf-8", proof::note_signature_line(*line)};
}

}  // namespace quietus::witness
