#include "proof/merkle.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>

#include "base/crypto.hpp"

namespace quietus::proof {
namespace {

constexpr std::uint8_t kLeafPrefix = 0x00,
                       kNodePrefix = 0x01;  // RFC 9162 §2.1.1: leaves and nodes never collide

/// Largest power of two below n, n >= 2.
std::uint64_t split_point(std::uint64_t n) { return std::bit_floor(n - 1); }

/// Hash of leaves [begin, end). `begin` is a multiple of the subtree's size in every call that the RFC's
/// recursion makes, so a complete subtree is one look-up.
Result<Digest> range_hash(std::uint64_t begin, std::uint64_t end, const HashSource& hashes) {
  const std::uint64_t count = end - begin;
  assert(count > 0);
  if (std::has_single_bit(count)) {
    assert(begin % count == 0);
    return hashes(static_cast<unsigned>(std::countr_zero(count)), begin / count);
  }
  const std::uint64_t k = split_point(count);
  QUIETUS_TRY(left, range_hash(begin, begin + k, hashes));
  QUIETUS_TRY(right, range_hash(begin + k, end, hashes));
  return node_hash(left, right);
}

// SUBPROOF of RFC 9162 §2.1.4.1; `complete`: the first m leaves of this subtree are the whole old tree.
Status subproof(std::uint64_t m, std::uint64_t begin, std::uint64_t end, bool complete,
                const HashSource& hashes, std::vector<Digest>& out) {
  const auto add = [&](std::uint64_t from, std::uint64_t to) -> Status {
    QUIETUS_TRY(hash, range_hash(from, to, hashes));
    out.push_back(hash);
    return {};
  };
  const std::uint64_t count = end - begin;
  if (m == count) return complete ? Status{} : add(begin, end);
  const std::uint64_t k = split_point(count);
  if (m <= k) {
    QUIETUS_CHECK(subproof(m, begin, begin + k, complete, hashes, out));
    return add(begin + k, end);
  }
  QUIETUS_CHECK(subproof(m - k, begin + k, end, false, hashes, out));
  return add(begin, begin + k);
}

std::unexpected<Error> bad_proof(const char* why) {
  return fail(ErrorKind::verification_failed, std::string("Merkle proof: ") + why);
}

}  // namespace

Digest leaf_hash(BytesView leaf) {
  Sha256 hash;
  hash.update(BytesView(&kLeafPrefix, 1));
  hash.update(leaf);
  return hash.finish();
}

Digest node_hash(const Digest& left, const Digest& right) {
  std::array<std::uint8_t, 1 + 2 * sizeof left.value> text;
  text[0] = kNodePrefix;
  std::ranges::copy(right.value, std::ranges::copy(left.value, text.begin() + 1).out);
  return sha256(text);
}

Result<Digest> root_of(std::uint64_t size, const HashSource& hashes) {
  return size == 0 ? Result<Digest>(sha256(BytesView{})) : range_hash(0, size, hashes);
}

// RFC 9162 §2.1.3.1, from the root down; the proof lists the leaf's sibling first, so it is reversed at the
// end.
Result<std::vector<Digest>> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                            const HashSource& hashes) {
  if (index >= size) return fail(ErrorKind::invalid_input, "no such leaf in a tree of that size");
  std::vector<Digest> proof;
  std::uint64_t begin = 0, end = size;
  while (end - begin > 1) {
    const std::uint64_t middle = begin + split_point(end - begin);
    const bool left = index < middle;
    QUIETUS_TRY(sibling, left ? range_hash(middle, end, hashes) : range_hash(begin, middle, hashes));
    proof.push_back(sibling);
    (left ? end : begin) = middle;
  }
  return std::vector<Digest>(proof.rbegin(), proof.rend());
}

Result<std::vector<Digest>> consistency_proof(std::uint64_t m, std::uint64_t n, const HashSource& hashes) {
  if (m == 0 || m > n) return fail(ErrorKind::invalid_input, "no consistency proof between those sizes");
  std::vector<Digest> proof;
  if (m != n) QUIETUS_CHECK(subproof(m, 0, n, true, hashes, proof));
  return proof;
}

std::uint64_t MerkleTree::append(BytesView leaf) { return append_hash(leaf_hash(leaf)); }

std::uint64_t MerkleTree::append_hash(const Digest& leaf_hash) {
  const std::uint64_t index = size();
  Digest hash = leaf_hash;
  for (std::size_t level = 0;; ++level) {
    if (levels_.size() <= level) levels_.emplace_back();
    auto& row = levels_[level];
    row.push_back(hash);
    if (row.size() % 2 == 1) return index;
    hash = node_hash(row[row.size() - 2], row.back());
  }
}

std::uint64_t MerkleTree::size() const { return levels_.empty() ? 0 : levels_.front().size(); }

HashSource MerkleTree::hashes() const {
  return [this](unsigned level, std::uint64_t index) { return subtree(level, index); };
}

Digest MerkleTree::root() const { return root_of(size(), hashes()).value(); }

Result<Digest> MerkleTree::root_at(std::uint64_t size_then) const {
  if (size_then > size()) return fail(ErrorKind::invalid_input, "the tree was never that large");
  return root_of(size_then, hashes());
}

Result<Digest> MerkleTree::leaf_at(std::uint64_t index) const {
  if (index >= size()) return fail(ErrorKind::not_found, "the tree has no such leaf");
  return levels_.front()[index];
}

Result<Digest> MerkleTree::subtree(unsigned level, std::uint64_t index) const {
  if (level >= levels_.size() || index >= levels_[level].size())
    return fail(ErrorKind::not_found, "the tree has no such subtree");
  return levels_[level][index];
}

Result<std::vector<Digest>> MerkleTree::inclusion_proof(std::uint64_t index, std::uint64_t size_then) const {
  if (size_then > size()) return fail(ErrorKind::invalid_input, "the tree was never that large");
  return proof::inclusion_proof(index, size_then, hashes());
}

Result<std::vector<Digest>> MerkleTree::consistency_proof(std::uint64_t m, std::uint64_t n) const {
  if (n > size()) return fail(ErrorKind::invalid_input, "the tree was never that large");
  return proof::consistency_proof(m, n, hashes());
}

Status verify_inclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size,
                        const std::vector<Digest>& proof, const Digest& root) {
  if (index >= size) return bad_proof("the index is outside the tree");
  std::uint64_t node = index, last = size - 1;
  Digest hash = leaf;
  for (const auto& sibling : proof) {
    if (last == 0) return bad_proof("too long");
    if (node % 2 == 1 || node == last) {
      hash = node_hash(sibling, hash);
      while (node % 2 == 0 && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      hash = node_hash(hash, sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  if (last != 0) return bad_proof("too short");
  if (hash != root) return bad_proof("the leaf is not under this root");
  return {};
}

Status verify_consistency(std::uint64_t m, const Digest& root_m, std::uint64_t n, const Digest& root_n,
                          const std::vector<Digest>& proof) {
  if (m == 0 || m > n) return bad_proof("sizes out of order");
  if (m == n) {
    if (!proof.empty() || root_m != root_n) return bad_proof("two roots of one size differ");
    return {};
  }
  std::vector<Digest> path = proof;
  if (std::has_single_bit(m)) path.insert(path.begin(), root_m);  // the old tree is itself the first node
  if (path.empty()) return bad_proof("too short");
  std::uint64_t node = m - 1, last = n - 1;
  while (node % 2 == 1) {
    node >>= 1;
    last >>= 1;
  }
  Digest old_root = path.front(), new_root = path.front();
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (last == 0) return bad_proof("too long");
    if (node % 2 == 1 || node == last) {
      old_root = node_hash(path[i], old_root);
      new_root = node_hash(path[i], new_root);
      while (node % 2 == 0 && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      new_root = node_hash(new_root, path[i]);
    }
    node >>= 1;
    last >>= 1;
  }
  if (last != 0) return bad_proof("too short");
  if (old_root != root_m) return bad_proof("the older root is not contained");
  if (new_root != root_n) return bad_proof("the newer root does not follow");
  return {};
}

}  // namespace quietus::proof
