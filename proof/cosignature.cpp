#include "proof/cosignature.hpp"

#include <algorithm>
#include <limits>

#include "base/crypto.hpp"
#include "base/encoding.hpp"

namespace quietus::proof {
namespace {

constexpr std::uint8_t kCosignatureType = 0x04;
constexpr std::size_t kTimeBytes = 8, kEd25519Bytes = 64;

std::string signed_text(std::string_view body, std::uint64_t seconds) {
  return "cosignature/v1\ntime " + std::to_string(seconds) + "\n" + std::string(body);
}

Bytes big_endian(std::uint64_t number) {
  Bytes out(kTimeBytes);
  for (std::size_t i = 0; i < kTimeBytes; ++i)
    out[kTimeBytes - 1 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return out;
}

std::uint64_t number_from(BytesView eight) {
  std::uint64_t number = 0;
  for (const auto byte : eight) number = number << 8 | byte;
  return number;
}

}  // namespace

Bytes key_id(const WitnessKey& key) {
  Bytes text = to_bytes(key.name);
  text.push_back('\n');
  text.push_back(kCosignatureType);
  text.insert(text.end(), key.ed25519.begin(), key.ed25519.end());
  const Digest digest = sha256(text);
  return {digest.value.begin(), digest.value.begin() + kNoteKeyIdBytes};
}

std::string to_string(const WitnessKey& key) {
  return to_string(
      VerifierKey{key.name, key_id(key), kCosignatureType, Bytes(key.ed25519.begin(), key.ed25519.end())});
}

Result<WitnessKey> parse_witness_key(std::string_view vkey) {
  QUIETUS_TRY(read, parse_verifier_key(vkey, kCosignatureType));
  WitnessKey key{read.name, {}};
  if (read.material.size() != key.ed25519.size())
    return fail(ErrorKind::invalid_input, "the witness's public key is not of 32 bytes");
  std::ranges::copy(read.material, key.ed25519.begin());
  if (read.id != key_id(key))
    return fail(ErrorKind::invalid_input, "the witness's public key: the id is not that of the key");
  return key;
}

Result<NoteSignature> cosign(std::string_view body, const WitnessKey& key, UnixMs at,
                             const Ed25519Signer& signer) {
  if (at.value < 0) return fail(ErrorKind::invalid_input, "a time before 1970");
  const auto seconds = static_cast<std::uint64_t>(at.value / 1000);
  const std::string text = signed_text(body, seconds);
  QUIETUS_TRY(signature, signer(as_bytes(text)));
  QUIETUS_CHECK(verify_ed25519(key.ed25519, as_bytes(text), signature));
  NoteSignature line{key.name, key_id(key), big_endian(seconds)};
  line.signature.insert(line.signature.end(), signature.begin(), signature.end());
  return line;
}

Result<UnixMs> verify_cosignature(const SignedNote& note, const WitnessKey& key) {
  const Bytes id = key_id(key);
  const auto found = std::ranges::find_if(
      note.signatures, [&](const auto& one) { return one.name == key.name && one.key_id == id; });
  if (found == note.signatures.end()) return fail(ErrorKind::not_found, "no cosignature by " + key.name);
  const BytesView blob = found->signature;
  if (blob.size() != kTimeBytes + kEd25519Bytes)
    return fail(ErrorKind::verification_failed, "the cosignature by " + key.name + " has another length");
  const std::uint64_t seconds = number_from(blob.first(kTimeBytes));
  if (seconds > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() / 1000))
    return fail(ErrorKind::verification_failed, "the cosignature by " + key.name + " has no possible time");
  const std::string text = signed_text(note.body, seconds);
  QUIETUS_CHECK(verify_ed25519(key.ed25519, as_bytes(text), blob.subspan(kTimeBytes)));
  return UnixMs{static_cast<std::int64_t>(seconds) * 1000};
}

}  // namespace quietus::proof
