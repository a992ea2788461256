// The ledger's head: a C2SP tlog-checkpoint as a signed note with one ECDSA signature (signature type 0x02;
// key id = the first four bytes of SHA-256 over the SubjectPublicKeyInfo, c2sp.org/signed-note).
#pragma once

#include <string>

#include "proof/signed_note.hpp"
#include "proof/statement.hpp"

namespace quietus::proof {

struct Checkpoint {
  std::string origin;  ///< name of the log and of its key: no spaces, no '+', no control characters
  std::uint64_t size = 0;
  Digest root;
  bool operator==(const Checkpoint&) const = default;
};

/// The public half of a log's key, as people hand it on: origin+id+key (c2sp.org/signed-note, verifier keys,
/// type 0x02: ECDSA, SubjectPublicKeyInfo in DER).
struct LogKey {
  std::string origin;
  Bytes spki_der;
  bool operator==(const LogKey&) const = default;
};
Result<LogKey> parse_log_key(std::string_view vkey);
std::string to_string(const LogKey& key);

/// The text that is signed: origin, size, base64 root, each on a line.
Result<std::string> checkpoint_body(const Checkpoint& checkpoint);
Result<std::string> sign_checkpoint(const Checkpoint& checkpoint, BytesView spki_der, const Signer& signer);
/// The body in its one form: exactly three lines.
Result<Checkpoint> parse_checkpoint_body(std::string_view body);
/// Strict: exactly three body lines, a blank line, one signature line by `origin` with the key's id; nothing
/// else. `invalid_input` for another form, `verification_failed` for another key or a bad signature.
Result<Checkpoint> verify_checkpoint(std::string_view signed_note, BytesView spki_der);
/// The same where others may have signed too: exactly one line is the log's. What the others say is for
/// verify_cosignature.
Result<Checkpoint> verify_cosigned_checkpoint(const SignedNote& note, BytesView spki_der);

}  // namespace quietus::proof
