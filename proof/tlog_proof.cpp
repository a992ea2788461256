#include "proof/tlog_proof.hpp"

#include <charconv>

#include "base/encoding.hpp"
#include "proof/merkle.hpp"

namespace quietus::proof {
namespace {

constexpr std::string_view kHeader = "c2sp.org/tlog-proof@v1\n", kIndex = "index ";
constexpr std::size_t kMaxProofBytes = 16384, kMaxPath = 64;

std::unexpected<Error> malformed_proof(const char* why) {
  return fail(ErrorKind::invalid_input, std::string("tlog-proof: ") + why);
}

}  // namespace

std::string write_tlog_proof(const TlogProof& proof) {
  std::string text = std::string(kHeader) + std::string(kIndex) + std::to_string(proof.index) + "\n";
  for (const auto& hash : proof.path) text += base64(hash.view()) + "\n";
  return text + "\n" + proof.checkpoint;
}

Result<TlogProof> parse_tlog_proof(std::string_view text) {
  if (text.size() > kMaxProofBytes) return malformed_proof("longer than 16384 bytes");
  const auto head_end = text.find("\n\n");
  if (!text.starts_with(kHeader) || head_end == std::string_view::npos || head_end < kHeader.size()) {
    return malformed_proof("no header, or no checkpoint");
  }
  TlogProof proof;
  proof.checkpoint = text.substr(head_end + 2);
  std::string_view lines = text.substr(kHeader.size(), head_end + 1 - kHeader.size());
  if (!lines.starts_with(kIndex)) return malformed_proof("no index line");
  const auto index_end = lines.find('\n');
  const std::string_view number = lines.substr(kIndex.size(), index_end - kIndex.size());
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), proof.index);
  if (error != std::errc{} || end != number.data() + number.size())
    return malformed_proof("the index is not a number");
  for (lines.remove_prefix(index_end + 1); !lines.empty(); lines.remove_prefix(lines.find('\n') + 1)) {
    if (proof.path.size() == kMaxPath) return malformed_proof("more than 64 hashes");
    QUIETUS_TRY(hash, digest_from_base64(lines.substr(0, lines.find('\n'))));
    proof.path.push_back(hash);
  }
  if (write_tlog_proof(proof) != text) return malformed_proof("not in the one form");
  return proof;
}

Result<WitnessedCheckpoint> verify_tlog_proof(const TlogProof& proof, const Digest& leaf, BytesView spki_der,
                                              const std::vector<WitnessKey>& witnesses) {
  QUIETUS_TRY(head, verify_witnessed_checkpoint(proof.checkpoint, spki_der, witnesses));
  QUIETUS_CHECK(verify_inclusion(leaf, proof.index, head.checkpoint.size, proof.path, head.checkpoint.root));
  return head;
}

}  // namespace quietus::proof
