#include "proof/checkpoint.hpp"

#include <algorithm>
#include <charconv>

#include "base/crypto.hpp"
#include "base/encoding.hpp"

namespace quietus::proof {
namespace {

constexpr std::string_view kDash = "\xe2\x80\x94 ";  // em dash, space
constexpr std::size_t kMaxNoteBytes = 4096, kMaxOriginBytes = 128, kKeyIdBytes = 4;

// Narrower than signed-note allows (any non-space Unicode): what nobody can misread.
bool good_origin(std::string_view origin) {
  return !origin.empty() && origin.size() <= kMaxOriginBytes &&
         std::ranges::all_of(origin, [](char c) { return c > ' ' && c < '\x7f' && c != '+'; });
}

Bytes key_id(BytesView spki_der) {
  const Digest digest = sha256(spki_der);
  return {digest.value.begin(), digest.value.begin() + kKeyIdBytes};
}

/// Takes one line off the front, without its newline. False when there is no complete line left.
bool take_line(std::string_view& text, std::string_view& line) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return false;
  line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return true;
}

std::unexpected<Error> malformed(const char* why) {
  return fail(ErrorKind::invalid_input, std::string("checkpoint: ") + why);
}

Result<Checkpoint> parse_body(std::string_view body) {
  Checkpoint checkpoint;
  std::string_view origin, size, root;
  if (!take_line(body, origin) || !take_line(body, size) || !take_line(body, root) || !body.empty()) {
    return malformed("the body is not origin, size and root");
  }
  checkpoint.origin = origin;
  const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), checkpoint.size);
  if (error != std::errc{} || end != size.data() + size.size()) return malformed("the size is not a number");
  QUIETUS_TRY(hash, from_base64(root));
  if (hash.size() != checkpoint.root.value.size()) return malformed("the root is not 32 bytes");
  std::ranges::copy(hash, checkpoint.root.value.begin());
  return checkpoint;
}

}  // namespace

Result<std::string> checkpoint_body(const Checkpoint& checkpoint) {
  if (!good_origin(checkpoint.origin))
    return malformed("the origin is not 1..128 visible ASCII characters without +");
  return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" + base64(checkpoint.root.view()) +
         "\n";
}

Result<std::string> sign_checkpoint(const Checkpoint& checkpoint, BytesView spki_der, const Signer& signer) {
  QUIETUS_TRY(body, checkpoint_body(checkpoint));
  QUIETUS_TRY(signature, signer(as_bytes(body)));
  QUIETUS_CHECK(verify_sha256(spki_der, as_bytes(body), signature));
  Bytes line = key_id(spki_der);
  line.insert(line.end(), signature.begin(), signature.end());
  return body + "\n" + std::string(kDash) + checkpoint.origin + " " + base64(line) + "\n";
}

Result<Checkpoint> verify_checkpoint(std::string_view signed_note, BytesView spki_der) {
  if (signed_note.size() > kMaxNoteBytes) return malformed("longer than 4096 bytes");
  const auto blank = signed_note.find("\n\n");
  if (blank == std::string_view::npos) return malformed("no signature");
  const std::string_view body = signed_note.substr(0, blank + 1);
  QUIETUS_TRY(checkpoint, parse_body(body));
  QUIETUS_TRY(rewritten, checkpoint_body(checkpoint));
  if (rewritten != body) return malformed("not in the one form");  // leading zeroes and the like

  std::string_view rest = signed_note.substr(blank + 2), line;
  const std::string prefix = std::string(kDash) + checkpoint.origin + " ";
  if (!take_line(rest, line) || !rest.empty() || !line.starts_with(prefix)) {
    return malformed("not exactly one signature line by the origin");
  }
  QUIETUS_TRY(blob, from_base64(line.substr(prefix.size())));
  const Bytes expected = key_id(spki_der);
  if (blob.size() <= expected.size() || !std::equal(expected.begin(), expected.end(), blob.begin())) {
    return fail(ErrorKind::verification_failed, "the checkpoint is signed by another key");
  }
  const BytesView signature = BytesView(blob).subspan(expected.size());
  QUIETUS_CHECK(verify_sha256(spki_der, as_bytes(body), signature));
  return checkpoint;
}

}  // namespace quietus::proof
