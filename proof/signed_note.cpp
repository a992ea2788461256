#include "proof/signed_note.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace quietus::proof {
namespace {

constexpr std::string_view kDash = "\xe2\x80\x94 ";  // em dash, space

std::unexpected<Error> malformed_note(const std::string& why) {
  return fail(ErrorKind::invalid_input, "signed note: " + why);
}

/// `line` without its newline.
Result<NoteSignature> parse_line(std::string_view line) {
  if (!line.starts_with(kDash)) return malformed_note("a signature line does not begin with a dash");
  line.remove_prefix(kDash.size());
  const auto space = line.find(' ');
  if (space == std::string_view::npos || !is_key_name(line.substr(0, space)))
    return malformed_note("a signature line names no key");
  QUIETUS_TRY(blob, from_base64(line.substr(space + 1)));
  if (blob.size() <= kNoteKeyIdBytes) return malformed_note("a signature is too short");
  const auto split = blob.begin() + kNoteKeyIdBytes;
  return NoteSignature{std::string(line.substr(0, space)), Bytes(blob.begin(), split),
                       Bytes(split, blob.end())};
}

}  // namespace

std::string to_string(const VerifierKey& key) {
  Bytes typed{key.type};
  typed.insert(typed.end(), key.material.begin(), key.material.end());
  return key.name + "+" + hex(key.id) + "+" + base64(typed);
}

Result<VerifierKey> parse_verifier_key(std::string_view vkey, std::uint8_t type) {
  const auto no_key = [](const char* why) {
    return fail(ErrorKind::invalid_input, std::string("public key: ") + why,
                "NAME+ID+KEY, as its owner prints it");
  };
  const auto first = vkey.find('+');
  const auto second = first == std::string_view::npos ? first : vkey.find('+', first + 1);
  if (second == std::string_view::npos) return no_key("not three parts");
  VerifierKey key{std::string(vkey.substr(0, first)), {}, type, {}};
  if (!is_key_name(key.name)) return no_key("its name is not 1..128 visible ASCII characters");
  QUIETUS_TRY(id, from_hex(vkey.substr(first + 1, second - first - 1)));
  QUIETUS_TRY(typed, from_base64(vkey.substr(second + 1)));
  if (id.size() != kNoteKeyIdBytes || typed.size() < 2)
    return no_key("an id of 4 bytes and a key belong to it");
  if (typed.front() != type) return no_key("of another type");
  key.id = id;
  key.material.assign(typed.begin() + 1, typed.end());
  return key;
}

std::optional<std::string_view> take_line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

bool is_key_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxKeyNameBytes &&
         std::ranges::all_of(name, [](char c) { return c > ' ' && c < '\x7f' && c != '+'; });
}

std::string note_signature_line(const NoteSignature& signature) {
  Bytes blob = signature.key_id;
  blob.insert(blob.end(), signature.signature.begin(), signature.signature.end());
  return std::string(kDash) + signature.name + " " + base64(blob) + "\n";
}

Result<std::vector<NoteSignature>> parse_note_signatures(std::string_view lines) {
  std::vector<NoteSignature> signatures;
  while (!lines.empty()) {
    const auto line = take_line(lines);
    if (!line) return malformed_note("the last line has no end");
    if (signatures.size() == kMaxNoteSignatures) return malformed_note("more than 32 signatures");
    QUIETUS_TRY(signature, parse_line(*line));
    signatures.push_back(std::move(signature));
  }
  if (signatures.empty()) return malformed_note("no signature");
  return signatures;
}

Result<SignedNote> parse_signed_note(std::string_view text) {
  if (text.size() > kMaxNoteBytes) return malformed_note("longer than 16384 bytes");
  // The last blank line: a body may have others.
  const auto blank = text.rfind("\n\n");
  if (blank == std::string_view::npos) return malformed_note("no blank line before the signatures");
  QUIETUS_TRY(signatures, parse_note_signatures(text.substr(blank + 2)));
  return SignedNote{std::string(text.substr(0, blank + 1)), std::move(signatures)};
}

}  // namespace quietus::proof
