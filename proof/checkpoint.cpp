#include "proof/checkpoint.hpp"

#include <charconv>

#include "base/crypto.hpp"
#include "base/encoding.hpp"

namespace quietus::proof {
namespace {

constexpr std::size_t kMaxCheckpointBytes = 4096;
constexpr std::uint8_t kEcdsaType = 0x02;

Bytes key_id(BytesView spki_der) {
  const Digest digest = sha256(spki_der);
  return {digest.value.begin(), digest.value.begin() + kNoteKeyIdBytes};
}

std::unexpected<Error> malformed_checkpoint(const char* why) {
  return fail(ErrorKind::invalid_input, std::string("checkpoint: ") + why);
}

Result<Checkpoint> parse_lines(std::string_view body) {
  const auto origin = take_line(body), size = take_line(body), root = take_line(body);
  if (!root || !body.empty()) return malformed_checkpoint("the body is not origin, size and root");
  Checkpoint checkpoint;
  checkpoint.origin = *origin;
  const auto [end, error] = std::from_chars(size->data(), size->data() + size->size(), checkpoint.size);
  if (error != std::errc{} || end != size->data() + size->size())
    return malformed_checkpoint("the size is not a number");
  QUIETUS_TRY(hash, digest_from_base64(*root));
  checkpoint.root = hash;
  return checkpoint;
}

}  // namespace

std::string to_string(const LogKey& key) {
  return to_string(VerifierKey{key.origin, key_id(key.spki_der), kEcdsaType, key.spki_der});
}

Result<LogKey> parse_log_key(std::string_view vkey) {
  QUIETUS_TRY(read, parse_verifier_key(vkey, kEcdsaType));
  if (read.id != key_id(read.material))
    return fail(ErrorKind::invalid_input, "the log's public key: the id is not that of the key");
  return LogKey{std::move(read.name), std::move(read.material)};
}

Result<std::string> checkpoint_body(const Checkpoint& checkpoint) {
  if (!is_key_name(checkpoint.origin))
    return malformed_checkpoint("the origin is not 1..128 visible ASCII characters without +");
  return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" + base64(checkpoint.root.view()) +
         "\n";
}

Result<std::string> sign_checkpoint(const Checkpoint& checkpoint, BytesView spki_der, const Signer& signer) {
  QUIETUS_TRY(body, checkpoint_body(checkpoint));
  QUIETUS_TRY(signature, signer(as_bytes(body)));
  QUIETUS_CHECK(verify_sha256(spki_der, as_bytes(body), signature));
  return body + "\n" + note_signature_line({checkpoint.origin, key_id(spki_der), signature});
}

Result<Checkpoint> parse_checkpoint_body(std::string_view body) {
  QUIETUS_TRY(checkpoint, parse_lines(body));
  QUIETUS_TRY(rewritten, checkpoint_body(checkpoint));
  if (rewritten != body) return malformed_checkpoint("not in the one form");  // leading zeroes and the like
  return checkpoint;
}

Result<Checkpoint> verify_cosigned_checkpoint(const SignedNote& note, BytesView spki_der) {
  QUIETUS_TRY(checkpoint, parse_checkpoint_body(note.body));
  const NoteSignature* of_log = nullptr;
  for (const auto& signature : note.signatures) {
    if (signature.name != checkpoint.origin) continue;
    if (of_log != nullptr) return malformed_checkpoint("two signatures by the origin");
    of_log = &signature;
  }
  if (of_log == nullptr) return malformed_checkpoint("no signature by the origin");
  if (of_log->key_id != key_id(spki_der))
    return fail(ErrorKind::verification_failed, "the checkpoint is signed by another key");
  QUIETUS_CHECK(verify_sha256(spki_der, as_bytes(note.body), of_log->signature));
  return checkpoint;
}

Result<Checkpoint> verify_checkpoint(std::string_view signed_note, BytesView spki_der) {
  if (signed_note.size() > kMaxCheckpointBytes) return malformed_checkpoint("longer than 4096 bytes");
  QUIETUS_TRY(note, parse_signed_note(signed_note));
  if (note.signatures.size() != 1)
    return malformed_checkpoint("not exactly one signature line by the origin");
  return verify_cosigned_checkpoint(note, spki_der);
}

}  // namespace quietus::proof
