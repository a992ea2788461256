// Proofs and checkpoints as text: one form only, so what is read is written again byte for byte.
#include <cstdlib>

#include "base/crypto.hpp"
#include "proof/merkle.hpp"
#include "proof/tlog_proof.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace quietus;
  static const Bytes spki = FileKey::generate().value().public_key();
  const std::string_view text = as_text({bytes, size});
  require(!proof::verify_checkpoint(text, spki));  // nobody signed it with this key
  const auto proof = proof::parse_tlog_proof(text);
  if (!proof) return 0;
  require(proof::write_tlog_proof(*proof) == text);
  require(!proof::verify_tlog_proof(*proof, proof::leaf_hash(as_bytes("fuzz")), spki));
  const Digest root = sha256("no root of anything");
  require(!proof::verify_inclusion(proof::leaf_hash(as_bytes("fuzz")), proof->index, proof->index + 1,
                                   proof->path, root));
  return 0;
}
