// Complete, real bundles in memory: a medium, a key and keys of a keyring destroyed, certified, logged and
// stamped. For tests.
#pragma once

#include <functional>

#include "proof/bundle.hpp"
#include "proof/documents.hpp"
#include "proof/key_receipt.hpp"
#include "proof/merkle.hpp"
#include "proof/predecessor.hpp"
#include "tests/support/signing_world.hpp"

namespace quietus::test {

/// Documents of one destruction before anybody signs them: a test changes what it likes, then asks for the
/// input.
struct MediumStory {
  Order order;
  OrderLine line;
  Facts facts;
  Plan plan;
  Sample sample;
  Evidence evidence;
  EraserReport report;
  std::string transcript;  ///< of a drive's own command
};

/// What of a keyring is destroyed: some keys ("1-3,7,20-31"), or all of it.
enum class Extent { some_keys, whole_keyring };

/// Changes a document after everything was filled in that it cites, right before it is signed.
struct MediumTwists {
  std::function<void(Mandate&)> mandate = [](Mandate&) {};
  std::function<void(Sample&)> sample = [](Sample&) {};
  std::function<void(EraserReport&)> report = [](EraserReport&) {};
  std::function<void(Evidence&)> evidence = [](Evidence&) {};
};

/// What an issuer with all keys in hand might do wrong.
struct BundleTwists {
  std::int64_t signed_later_ms = 0;
  std::function<void(CertificateInput&)> cited = [](CertificateInput&) {
  };  ///< after the completion is logged
  std::function<void(Json&)> completion_body = [](Json&) {}, issue_body = [](Json&) {};
  std::string completion_type{proof::kCompletionEvent}, issue_type{proof::kIssueEvent};
};

class BundleMaker {
 public:
  explicit BundleMaker(SigningWorld world) : world_(std::move(world)) {}

  [[nodiscard]] MediumStory medium_story() const;
  /// Signs everything so that each document cites the one before.
  [[nodiscard]] CertificateInput medium_input(MediumStory story, const MediumTwists& twists = {}) const;
  [[nodiscard]] CertificateInput medium_input() const { return medium_input(medium_story()); }
  /// A drive that was sanitized by its own command (drive_story.hpp).
  [[nodiscard]] CertificateInput drive_input() const;
  [[nodiscard]] CertificateInput key_input() const;
  [[nodiscard]] CertificateInput keyring_input(KeyClass key_class = KeyClass::wrapped,
                                               Extent extent = Extent::some_keys) const;
  /// For an order of one line, and approved: the keys of `shredding` are the ones that the line names.
  [[nodiscard]] CertificateInput keyring_input(const OrderLine& line,
                                               const KeyringShredding& shredding) const;
  /// The same keys, scheduled by two people and with no order: their entries are put into the ledger now.
  [[nodiscard]] CertificateInput scheduled_input(KeyClass key_class = KeyClass::wrapped);
  /// The receipts of keyring_input()'s keys.
  [[nodiscard]] static proof::KeyReceipts receipts();

  /// Approvals of the order by proposer, two approvers, responsible and witness.
  [[nodiscard]] std::vector<SignedStatement> approvals(const Order& order) const;

  /// An entry of the ledger with `body`, at its place.
  LedgerEntry enter(UnixMs at, const std::string& type, Json body);
  /// A rule of the case set aside, by one person.
  [[nodiscard]] Waiver waiver(const Holder& who, const std::string& rule) const;

  /// The same destruction certified again in the place of the first certificate, or that one taken back: by
  /// the word of both approvers.
  [[nodiscard]] CertificateInput in_place_of(const CertificateInput& before, BytesView certificate_json,
                                             Replacement reason) const;
  [[nodiscard]] SignedStatement replacing_word(const Holder& who, const CertificateInput& before,
                                               Replacement reason) const;

  /// Puts the completion into a ledger, certifies, logs, stamps. `input` without completion and certificate
  /// id is fine.
  proof::BundleInput certify(CertificateInput input, bool stamped = true, const BundleTwists& twists = {});
  proof::BundleFiles bundle(const CertificateInput& input, bool stamped = true) {
    return proof::assemble_bundle(certify(input, stamped)).value();
  }

  [[nodiscard]] proof::Anchor anchor() const { return {world_.root.certificate().fingerprint()}; }
  SigningWorld& world() { return world_; }
  proof::MerkleTree& tree() { return tree_; }
  /// Every leaf that this maker put into the tree; those without a body are of others.
  [[nodiscard]] const std::vector<proof::OpenedLeaf>& leaves() const { return leaves_; }
  /// Certificates are signed with another key than the world's, of another curve perhaps.
  void sign_with(proof::X509Certificate certificate, proof::DigestSigner signer) {
    signer_ = {std::move(certificate), std::move(signer)};
  }
  /// Proof at `index`, under a checkpoint of the tree as it is now.
  [[nodiscard]] proof::TlogProof prove(std::uint64_t index,
                                       const std::string& origin = "quietus.example/ledger") const;

 private:
  [[nodiscard]] Order order_of(const OrderLine& line) const;
  [[nodiscard]] CertificateInput input_of(const std::string& id, const OrderLine& line) const;
  proof::OpenedLeaf log(const std::string& type, const CertificateInput& input, Json body);
  void log_of_others(UnixMs at);

  SigningWorld world_;
  proof::MerkleTree tree_;
  std::vector<proof::OpenedLeaf> leaves_;
  std::optional<std::pair<proof::X509Certificate, proof::DigestSigner>> signer_;
};

}  // namespace quietus::test
