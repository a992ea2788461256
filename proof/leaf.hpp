// A leaf of the ledger and what lies beside it. The leaf names nobody: it holds SHA-256(salt ‖ body).
#pragma once

#include <string>

#include "base/json.hpp"
#include "quietus/clock.hpp"

namespace quietus::proof {

/// {"body":hex,"index":n,"time":RFC 3339,"type":"certificate.issued"}, canonical.
struct LedgerLeaf {
  Digest body;
  std::uint64_t index = 0;
  UnixMs time;
  std::string type;
  bool operator==(const LedgerLeaf&) const = default;
};
Bytes encode(const LedgerLeaf& leaf);
Result<LedgerLeaf> decode_leaf(BytesView bytes);

inline constexpr std::size_t kSaltBytes = 32;
Digest salted_body_digest(BytesView salt, BytesView body);

/// A leaf opened: leaf, salt and body agree. Its file form is canonical {"body":{…},"leaf":{…},"salt":hex}.
struct OpenedLeaf {
  Bytes leaf;  ///< canonical text, what the tree hashes
  Bytes salt;
  Bytes body;  ///< canonical JSON object
  bool operator==(const OpenedLeaf&) const = default;
};
/// `invalid_input` when leaf or body are not canonical; `verification_failed` when the body is another than
/// the leaf's, or the body's "type" (if it has one) is not the leaf's.
Status check_opened_leaf(const OpenedLeaf& opened);
Result<Bytes> encode(const OpenedLeaf& opened);
Result<OpenedLeaf> decode_opened_leaf(BytesView bytes);

}  // namespace quietus::proof
