// A log of the test's own with a real key, and a witness of it in a folder.
#pragma once

#include <catch2/catch.hpp>
#include <memory>

#include "base/crypto.hpp"
#include "proof/add_checkpoint.hpp"
#include "proof/checkpoint.hpp"
#include "proof/merkle.hpp"
#include "tests/support/signing_world.hpp"
#include "witness/settings.hpp"
#include "witness/witness.hpp"

namespace quietus::test {

class TestLog {
 public:
  explicit TestLog(std::string origin = "log.test/ledger")
      : key_(std::make_shared<const FileKey>(FileKey::generate().value())), origin_(std::move(origin)) {}
  /// The same log, the same key, and another history of that size.
  [[nodiscard]] TestLog forked(std::uint64_t size) const {
    TestLog other = *this;
    other.tree_ = {};
    other.grow_to(size, "forged");
    return other;
  }

  void grow_to(std::uint64_t size, const std::string& flavour = "leaf") {
    while (tree_.size() < size) tree_.append(as_bytes(flavour + std::to_string(tree_.size())));
  }
  [[nodiscard]] proof::LogKey key() const { return {origin_, key_->public_key()}; }
  [[nodiscard]] std::string note() const { return note_by(*key_); }
  [[nodiscard]] std::string note_by(const FileKey& key) const {
    return proof::sign_checkpoint({origin_, tree_.size(), tree_.root()}, key.public_key(),
                                  [&](BytesView message) { return key.sign_sha256(message); })
        .value();
  }
  /// As an honest log submits its tree to a witness that has seen `old_size` entries.
  [[nodiscard]] std::string request(std::uint64_t old_size) const {
    std::vector<Digest> proof;
    if (old_size > 0 && old_size < tree_.size())
      proof = tree_.consistency_proof(old_size, tree_.size()).value();
    return proof::write_add_checkpoint(old_size, proof, note());
  }

 private:
  std::shared_ptr<const FileKey> key_;
  std::string origin_;
  proof::MerkleTree tree_;
};

class WitnessFolder {
 public:
  explicit WitnessFolder(const TestLog& log)
      : settings_(witness::make_folder(path(), "witness.test/w1").value()) {
    REQUIRE(witness::watch_log(settings_, to_string(log.key())));
  }
  [[nodiscard]] std::string path() const { return folder_.path() + "/w"; }
  /// As a restart does.
  [[nodiscard]] Result<std::unique_ptr<witness::Witness>> open() const {
    QUIETUS_TRY(settings, witness::load_settings(path()));
    QUIETUS_TRY(key, Ed25519Key::load(settings.key_file()));
    return witness::Witness::open(settings.state(), settings.name, std::move(key), settings.logs,
                                  [] { return UnixMs{1'767'787'200'123}; });
  }

 private:
  TemporaryFolder folder_;
  witness::Settings settings_;
};

}  // namespace quietus::test
