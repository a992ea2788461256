// The folder of a case as an auditor carries it away: bundles under bundle/, the log under ledger/. For
// tests.
#pragma once

#include "base/file.hpp"
#include "proof/bundle_layout.hpp"
#include "proof/ledger_extract.hpp"
#include "tests/support/bundle_maker.hpp"

namespace quietus::test {

class CaseMaker {
 public:
  CaseMaker(BundleMaker& maker, std::string folder) : maker_(maker), folder_(std::move(folder)) {}

  proof::BundleFiles add(const std::string& name, const CertificateInput& input) {
    const auto certified = maker_.certify(input);
    leaves_ = maker_.leaves();
    auto files = proof::assemble_bundle(certified).value();
    proof::write_bundle(folder_ + "/bundle/" + name, files).value();
    return files;
  }

  /// Of the first `entries`, or of all.
  [[nodiscard]] proof::BundleFiles log(std::size_t entries = SIZE_MAX) const {
    entries = std::min(entries, leaves_.size());
    proof::MerkleTree tree;
    std::string lines;
    for (std::size_t i = 0; i < entries; ++i) {
      tree.append(leaves_[i].leaf);
      lines += proof::extract_line(leaves_[i]).value() + "\n";
    }
    auto& world = maker_.world();
    const proof::Checkpoint head{"quietus.example/ledger", tree.size(), tree.root()};
    proof::BundleFiles files;
    files["checkpoint"] = to_bytes(
        proof::sign_checkpoint(head, world.checkpoint.certificate.spki(), world.checkpoint.signer()).value());
    files["ledger.ndjson"] = to_bytes(lines);
    const auto add_pem = [&](std::string_view name, const proof::X509Certificate& certificate) {
      files[std::string(name)] = to_bytes(certificate.pem());
    };
    add_pem(proof::trust_file::root, world.root.certificate());
    add_pem(proof::trust_file::service_ca, world.service.certificate());
    add_pem(proof::trust_file::people_ca, world.people.certificate());
    add_pem(proof::trust_file::checkpoint_signer, world.checkpoint.certificate);
    return files;
  }
  std::vector<proof::OpenedLeaf>& leaves() { return leaves_; }
  [[nodiscard]] std::uint64_t size() const { return leaves_.size(); }
  [[nodiscard]] const std::string& folder() const { return folder_; }

 private:
  BundleMaker& maker_;
  std::string folder_;
  std::vector<proof::OpenedLeaf> leaves_;
};

}  // namespace quietus::test
