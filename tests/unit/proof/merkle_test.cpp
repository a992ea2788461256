#include "proof/merkle.hpp"

#include <bit>
#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "base/encoding.hpp"

using namespace quietus;
using namespace quietus::proof;

namespace {

// The eight leaves and roots that every RFC 6962 implementation tests with (certificate-transparency).
const std::vector<std::string> kLeaves = {
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
const std::vector<std::string> kRoots = {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                         "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                         "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                         "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                         "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                         "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                         "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                         "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

MerkleTree tree_of(std::size_t leaves) {
  MerkleTree tree;
  for (std::size_t i = 0; i < leaves; ++i) {
    tree.append(i < kLeaves.size() ? *from_hex(kLeaves[i]) : to_bytes("leaf " + std::to_string(i)));
  }
  return tree;
}

/// MTH as RFC 9162 §2.1.1 writes it, without any cleverness.
Digest naive_root(const std::vector<Digest>& leaves) {
  if (leaves.empty()) return sha256(BytesView{});
  if (leaves.size() == 1) return leaves[0];
  const auto k = static_cast<std::ptrdiff_t>(std::bit_floor(leaves.size() - 1));
  return node_hash(naive_root({leaves.begin(), leaves.begin() + k}),
                   naive_root({leaves.begin() + k, leaves.end()}));
}

/// PATH as RFC 9162 §2.1.3.1 writes it.
std::vector<Digest> naive_path(std::size_t m, const std::vector<Digest>& leaves) {
  if (leaves.size() <= 1) return {};
  const std::size_t k = std::bit_floor(leaves.size() - 1);
  const std::vector<Digest> left(leaves.begin(), leaves.begin() + static_cast<std::ptrdiff_t>(k));
  const std::vector<Digest> right(leaves.begin() + static_cast<std::ptrdiff_t>(k), leaves.end());
  auto path = m < k ? naive_path(m, left) : naive_path(m - k, right);
  path.push_back(naive_root(m < k ? right : left));
  return path;
}

}  // namespace

TEST_CASE("the roots of the certificate transparency test tree come out") {
  MerkleTree tree;
  CHECK(hex(tree.root()) == kRoots[0]);
  for (std::size_t i = 0; i < kLeaves.size(); ++i) {
    CHECK(tree.append(*from_hex(kLeaves[i])) == i);
    CHECK(hex(tree.root()) == kRoots[i + 1]);
  }
  for (std::size_t i = 0; i <= kLeaves.size(); ++i) CHECK(hex(*tree.root_at(i)) == kRoots[i]);
  CHECK_FALSE(tree.root_at(9).has_value());
}

TEST_CASE("an inclusion proof of the certificate transparency test tree is the published one") {
  const auto proof = tree_of(8).inclusion_proof(5, 8);
  REQUIRE(proof);
  REQUIRE(proof->size() == 3);
  CHECK(hex((*proof)[0]) == "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b");
  CHECK(hex((*proof)[1]) == "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0");
  CHECK(hex((*proof)[2]) == "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7");
}

TEST_CASE("roots and inclusion proofs of every tree up to 70 leaves are those of the naive definition") {
  const MerkleTree tree = tree_of(70);
  std::vector<Digest> leaves;
  for (std::uint64_t n = 1; n <= 70; ++n) {
    leaves.push_back(*tree.leaf_at(n - 1));
    const Digest root = naive_root(leaves);
    REQUIRE(*tree.root_at(n) == root);
    for (std::uint64_t i = 0; i < n; ++i) {
      const auto proof = tree.inclusion_proof(i, n);
      REQUIRE(*proof == naive_path(i, leaves));
      REQUIRE(verify_inclusion(leaves[i], i, n, *proof, root));
    }
  }
}

TEST_CASE("every inclusion proof that is altered in any way is refused") {
  const MerkleTree tree = tree_of(21);
  for (std::uint64_t i = 0; i < 21; ++i) {
    const auto proof = *tree.inclusion_proof(i, 21);
    const Digest leaf = *tree.leaf_at(i), root = tree.root();
    auto longer = proof, shorter = proof;
    longer.push_back(root);
    shorter.pop_back();
    CHECK_FALSE(verify_inclusion(leaf, i, 21, longer, root));
    CHECK_FALSE(verify_inclusion(leaf, i, 21, shorter, root));
    CHECK_FALSE(verify_inclusion(leaf, 21, 21, proof, root));
    CHECK_FALSE(verify_inclusion(*tree.leaf_at((i + 1) % 21), i, 21, proof, root));
    for (std::uint64_t other = 0; other < 21; ++other) {
      if (other != i) CHECK_FALSE(verify_inclusion(leaf, other, 21, proof, root));
    }
    for (std::size_t k = 0; k < proof.size(); ++k) {
      auto wrong = proof;
      wrong[k].value[7] ^= 1;
      CHECK_FALSE(verify_inclusion(leaf, i, 21, wrong, root));
    }
  }
}

TEST_CASE("consistency proofs between all sizes up to 40 hold, and altered ones do not") {
  const MerkleTree tree = tree_of(40);
  for (std::uint64_t n = 1; n <= 40; ++n) {
    for (std::uint64_t m = 1; m <= n; ++m) {
      const auto proof = *tree.consistency_proof(m, n);
      const Digest old_root = *tree.root_at(m), new_root = *tree.root_at(n);
      REQUIRE(verify_consistency(m, old_root, n, new_root, proof));
      Digest forged = old_root;
      forged.value[0] ^= 1;
      REQUIRE_FALSE(verify_consistency(m, forged, n, new_root, proof));
      REQUIRE_FALSE(verify_consistency(m, old_root, n, forged, proof));
      auto longer = proof;
      longer.push_back(old_root);
      REQUIRE_FALSE(verify_consistency(m, old_root, n, new_root, longer));
      if (!proof.empty()) {
        auto shorter = proof;
        shorter.pop_back();
        REQUIRE_FALSE(verify_consistency(m, old_root, n, new_root, shorter));
      }
    }
  }
  CHECK_FALSE(tree.consistency_proof(0, 4).has_value());
  CHECK_FALSE(tree.consistency_proof(5, 4).has_value());
}

TEST_CASE("a tree that changed one old leaf has no consistency proof to the old root") {
  MerkleTree honest, forked;
  for (int i = 0; i < 13; ++i) {
    honest.append(as_bytes(std::to_string(i)));
    forked.append(as_bytes(std::to_string(i == 3 ? 99 : i)));
  }
  for (std::uint64_t m = 4; m < 13; ++m) {
    CHECK_FALSE(
        verify_consistency(m, *honest.root_at(m), 13, forked.root(), *forked.consistency_proof(m, 13)));
  }
}
