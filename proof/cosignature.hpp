// What a witness says of a checkpoint (c2sp.org/tlog-cosignature, Ed25519): at this time, this was the
// largest consistent tree of that log that it had seen.
#pragma once

#include <functional>
#include <string>

#include "base/ed25519.hpp"
#include "proof/signed_note.hpp"
#include "quietus/clock.hpp"

namespace quietus::proof {

/// The public half, as people hand it on: name+id+key (c2sp.org/signed-note, verifier keys, type 0x04).
struct WitnessKey {
  std::string name;
  Ed25519PublicKey ed25519{};
  bool operator==(const WitnessKey&) const = default;
};

Result<WitnessKey> parse_witness_key(std::string_view vkey);
std::string to_string(const WitnessKey& key);
/// SHA-256(name ‖ 0x0A ‖ 0x04 ‖ key), first four bytes.
Bytes key_id(const WitnessKey& key);

/// Ed25519 (RFC 8032) over the message, 64 bytes.
using Ed25519Signer = std::function<Result<Bytes>(BytesView message)>;

/// `body` of a checkpoint that the caller has checked; `at` is cut to seconds. The signature that came back
/// is verified under `key` before it is returned.
Result<NoteSignature> cosign(std::string_view body, const WitnessKey& key, UnixMs at,
                             const Ed25519Signer& signer);
/// When the witness signed. `not_found` when the note has no line by this key, `verification_failed` when it
/// has one that does not hold.
Result<UnixMs> verify_cosignature(const SignedNote& note, const WitnessKey& key);

}  // namespace quietus::proof
