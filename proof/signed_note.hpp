// A text that several keys may have signed (c2sp.org/signed-note): body, blank line, one line a signature.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "quietus/bytes.hpp"
#include "quietus/result.hpp"

namespace quietus::proof {

inline constexpr std::size_t kMaxNoteBytes = 16384, kMaxNoteSignatures = 32, kMaxKeyNameBytes = 128,
                             kNoteKeyIdBytes = 4;

struct NoteSignature {
  std::string name;  ///< of the key
  Bytes key_id;      ///< 4 bytes
  Bytes signature;   ///< what follows them; its form depends on the key
  bool operator==(const NoteSignature&) const = default;
};

struct SignedNote {
  std::string body;  ///< with its last newline: what is signed
  std::vector<NoteSignature> signatures;
};

/// A public key as people hand it on: name+id+key, where key is a type and what the type says.
struct VerifierKey {
  std::string name;
  Bytes id;  ///< 4 bytes; how it comes from the key depends on the type
  std::uint8_t type = 0;
  Bytes material;
};
std::string to_string(const VerifierKey& key);
/// `invalid_input` for another type or form. Whether the id is that of the key is for the caller, who knows
/// the type.
Result<VerifierKey> parse_verifier_key(std::string_view vkey, std::uint8_t type);

/// 1 to 128 visible ASCII characters without '+': narrower than the format allows, so that nobody misreads
/// one.
bool is_key_name(std::string_view name);
/// One line with its newline.
std::string note_signature_line(const NoteSignature& signature);
/// Strict: lines as note_signature_line writes them, at least one, nothing after the last. `invalid_input`
/// says what is wrong.
Result<SignedNote> parse_signed_note(std::string_view text);
/// Only the lines, as a witness answers.
Result<std::vector<NoteSignature>> parse_note_signatures(std::string_view lines);

/// Takes one line off the front, without its newline; nullopt when no complete line is left.
std::optional<std::string_view> take_line(std::string_view& text);

}  // namespace quietus::proof
