// A ledger of the test's own with real keys and stamps, as a folder can grow from it.
#pragma once

#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "proof/bundle_layout.hpp"
#include "proof/leaf.hpp"
#include "proof/ledger_folder.hpp"
#include "tests/support/signing_world.hpp"

namespace quietus::test {

class TiledLog {
 public:
  explicit TiledLog(SigningWorld& world, std::string flavour = "true")
      : world_(&world), flavour_(std::move(flavour)) {}

  void grow_to(std::uint64_t size) {
    while (leaves_.size() < size) {
      const std::uint64_t index = leaves_.size();
      leaves_.push_back(proof::encode(
          proof::LedgerLeaf{sha256(flavour_ + std::to_string(index)), index, kNow, "test.entry"}));
      tree_.append(leaves_.back());
    }
  }
  /// Until here the same, then another history.
  [[nodiscard]] TiledLog forked(std::uint64_t from, std::uint64_t size) const {
    TiledLog other(*world_, "forged");
    other.leaves_.assign(leaves_.begin(), leaves_.begin() + static_cast<std::ptrdiff_t>(from));
    for (const auto& leaf : other.leaves_) other.tree_.append(leaf);
    other.grow_to(size);
    return other;
  }

  [[nodiscard]] proof::LogKey key() const { return {origin_, world_->checkpoint.certificate.spki()}; }
  [[nodiscard]] std::string note(std::uint64_t size) const {
    return proof::sign_checkpoint({origin_, size, tree_.root_at(size).value()},
                                  world_->checkpoint.certificate.spki(), world_->checkpoint.signer())
        .value();
  }
  void beat() {
    const std::string now = note(leaves_.size());
    heartbeats_.push_back(
        {now, world_->stamp(as_bytes(now)), world_->tsa.pem() + world_->tsa_ca.certificate().pem()});
  }
  [[nodiscard]] proof::LedgerOffer offer() const { return offer(leaves_.size()); }
  [[nodiscard]] proof::LedgerOffer offer(std::uint64_t size) const {
    proof::LedgerOffer made{note(size), key(), heartbeats_.size(), {}};
    const auto add = [&](std::string_view name, const proof::X509Certificate& certificate) {
      made.trust[std::string(name)] = to_bytes(certificate.pem());
    };
    add(proof::trust_file::root, world_->root.certificate());
    add(proof::trust_file::service_ca, world_->service.certificate());
    add(proof::trust_file::checkpoint_signer, world_->checkpoint.certificate);
    return made;
  }
  [[nodiscard]] proof::LedgerSource source() const {
    return {[this](const proof::TileName& name) -> Result<Bytes> {
              ++fetched_;
              Bytes bundle;
              for (unsigned i = 0; i < name.width; ++i)
                QUIETUS_CHECK(proof::add_to_bundle(bundle, leaves_.at(name.number * 256 + i)));
              return bundle;
            },
            [this](std::uint64_t number) -> Result<proof::Heartbeat> { return heartbeats_.at(number - 1); }};
  }
  [[nodiscard]] Result<proof::LedgerGrowth> grow(const std::string& folder) const {
    return proof::grow_ledger_folder(folder, offer(), source());
  }
  [[nodiscard]] unsigned fetched() const { return fetched_; }
  void set_origin(std::string origin) { origin_ = std::move(origin); }
  std::vector<Bytes>& leaves() { return leaves_; }
  [[nodiscard]] const proof::MerkleTree& tree() const { return tree_; }

 private:
  SigningWorld* world_;
  std::string flavour_, origin_ = "log.test/ledger";
  std::vector<Bytes> leaves_;
  proof::MerkleTree tree_;
  std::vector<proof::Heartbeat> heartbeats_;
  mutable unsigned fetched_ = 0;
};

}  // namespace quietus::test
