// The RFC 6962 Merkle tree (SHA-256) and its proofs (RFC 9162 §2.1).
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "quietus/bytes.hpp"
#include "quietus/result.hpp"

namespace quietus::proof {

Digest leaf_hash(BytesView leaf);                           ///< SHA-256(0x00 ‖ leaf)
Digest node_hash(const Digest& left, const Digest& right);  ///< SHA-256(0x01 ‖ left ‖ right)

/// Where the hashes of a tree are kept: of leaves [index·2^level, (index+1)·2^level), all of which are there.
using HashSource = std::function<Result<Digest>(unsigned level, std::uint64_t index)>;
/// Of the first `size` leaves; asks for O(log n) hashes, as the proofs do.
Result<Digest> root_of(std::uint64_t size, const HashSource& hashes);
/// index < size.
Result<std::vector<Digest>> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                            const HashSource& hashes);
/// 0 < m <= n.
Result<std::vector<Digest>> consistency_proof(std::uint64_t m, std::uint64_t n, const HashSource& hashes);

/// Keeps the hashes of all complete subtrees, 64 bytes a leaf: append is amortised O(1), proofs O(log n).
/// The ledger's own tree keeps its right edge only (proof/tiles.hpp). Not thread-safe.
class MerkleTree {
 public:
  /// Returns the index of the new leaf.
  std::uint64_t append(BytesView leaf);
  std::uint64_t append_hash(const Digest& leaf_hash);
  [[nodiscard]] std::uint64_t size() const;
  [[nodiscard]] Digest root() const;                               ///< of the whole tree; empty: SHA-256("")
  [[nodiscard]] Result<Digest> root_at(std::uint64_t size) const;  ///< `invalid_input` beyond size()
  /// Of leaves [index·2^level, (index+1)·2^level); `not_found` when they are not all there.
  [[nodiscard]] Result<Digest> subtree(unsigned level, std::uint64_t index) const;
  [[nodiscard]] Result<Digest> leaf_at(std::uint64_t index) const;
  [[nodiscard]] Result<std::vector<Digest>> inclusion_proof(std::uint64_t index, std::uint64_t size) const;
  /// 0 < m <= n <= size().
  [[nodiscard]] Result<std::vector<Digest>> consistency_proof(std::uint64_t m, std::uint64_t n) const;

 private:
  [[nodiscard]] HashSource hashes() const;
  std::vector<std::vector<Digest>>
      levels_;  // levels_[k][i] = hash of leaves [i*2^k, (i+1)*2^k), complete ones only
};

/// RFC 9162 §2.1.3.2. `verification_failed` when the proof is too long, too short or leads to another root.
Status verify_inclusion(const Digest& leaf_hash, std::uint64_t index, std::uint64_t size,
                        const std::vector<Digest>& proof, const Digest& root);
/// RFC 9162 §2.1.4.2; 0 < m <= n.
Status verify_consistency(std::uint64_t m, const Digest& root_m, std::uint64_t n, const Digest& root_n,
                          const std::vector<Digest>& proof);

}  // namespace quietus::proof
