// Bundles whose every signature is good, made by an issuer that holds all keys and still does something that
// it must not.
#include <catch2/catch.hpp>
#include <functional>

#include "base/encoding.hpp"
#include "tests/support/bundle_maker.hpp"
#include "tests/unit/proof/made_in_tests.hpp"

using namespace quietus;
using namespace quietus::proof;
using quietus::test::BundleMaker;
using quietus::test::BundleTwists;
using quietus::test::kNow;
using quietus::test::SigningWorld;

namespace {

/// The one check that fails, so that each test shows which check is at work.
std::string only_failure(const BundleInput& input) {
  const auto files = assemble_bundle(input);
  if (!files) return "not assembled: " + files.error().message;
  const auto report = verify_bundle(*files, maker().anchor());
  std::string failed;
  for (const auto& check : report.checks) {
    if (!check.ok && check.detail.starts_with("not reached") == false)
      failed += (failed.empty() ? "" : " ") + check.id;
  }
  CHECK((report.verdict == BundleVerdict::valid) == failed.empty());
  return failed;
}

std::string only_failure(const BundleTwists& twists, CertificateInput input = maker().medium_input()) {
  return only_failure(maker().certify(std::move(input), true, twists));
}

X509Certificate service_signer(const test::Holder& holder, const std::string& name, Purpose purpose) {
  return *maker().world().service.issue_signer(holder.key.public_key(), name, purpose,
                                               lab::valid_for_days(kNow, 365));
}

}  // namespace

TEST_CASE("an honest issuer's bundle fails no check") { CHECK(only_failure(BundleTwists{}).empty()); }

TEST_CASE("a certificate signed at another time than it says is refused") {
  BundleTwists twists;
  twists.signed_later_ms = kHour;
  CHECK(only_failure(twists) == "cades");
  twists.signed_later_ms = -kHour;
  CHECK(only_failure(twists) == "cades");
}

TEST_CASE("a certificate issued after its own time-stamp is refused") {
  auto input = maker().medium_input();
  input.issued = kNow + kHour;
  CHECK(only_failure(BundleTwists{}, input) == "time_stamp");
}

TEST_CASE("a laboratory that does not say so is refused") {
  auto input = maker().medium_input();
  input.laboratory.clear();
  CHECK(only_failure(BundleTwists{}, input) == "laboratory");
}

TEST_CASE("an issuing event of another type, order, holding or certificate is refused") {
  BundleTwists twists;
  twists.issue_type = "certificate.withdrawn";
  CHECK(only_failure(twists) == "issued");
  for (const auto* member : {"order", "holding"}) {
    twists = {};
    twists.issue_body = [&](Json& body) { body[member] = "other"; };
    CHECK(only_failure(twists) == "issued");
  }
  for (const auto* member : {"certificate_id", "sha256", "sha512", "p7s_sha256"}) {
    twists = {};
    twists.issue_body = [&](Json& body) { body["detail"][member] = hex(sha256("other")); };
    CHECK(only_failure(twists) == "issued");
  }
}

TEST_CASE("a completion of another type, order, holding or sources is refused") {
  BundleTwists twists;
  twists.completion_type = "holding.failed";
  CHECK(only_failure(twists) == "completion");
  for (const auto* member : {"order", "holding"}) {
    twists = {};
    twists.completion_body = [&](Json& body) { body[member] = "other"; };
    CHECK(only_failure(twists) == "completion");
  }
  for (const auto* member :
       {"order", "facts", "mandate", "sample", "evidence", "eraser_report", "approvals"}) {
    twists = {};
    twists.completion_body = [&](Json& body) { body["detail"][member] = hex(sha256("other")); };
    CHECK(only_failure(twists) == "completion");
  }
}

TEST_CASE("a completion that names another keyring or other keys is refused") {
  CHECK(only_failure(BundleTwists{}, maker().keyring_input()).empty());
  for (const auto* member : {"keyring", "keyring_shredding", "order", "approvals"}) {
    BundleTwists twists;
    twists.completion_body = [&](Json& body) { body["detail"][member] = hex(sha256("other")); };
    CHECK(only_failure(twists, maker().keyring_input()) == "completion");
    twists.completion_body = [&](Json& body) { body["detail"].object()->erase(member); };
    CHECK(only_failure(twists, maker().keyring_input()) == "completion");
  }
}

TEST_CASE("a certificate about other keys than the completion's is refused, whatever it changes") {
  using Change = std::function<void(KeyringShredding&)>;
  const std::vector<Change> changes{[](auto& k) { k.survivors_verified += 1; },
                                    [](auto& k) { k.receipts = sha256("other receipts"); },
                                    [](auto& k) { k.begun = k.begun + -1; },
                                    [](auto& k) { k.committed = k.committed + -1; },
                                    [](auto& k) { k.releases.clear(); },
                                    [](auto& k) { k.known_copies.clear(); },
                                    [](auto& k) { k.root.ref.cka_id[0] ^= 1; },
                                    [](auto& k) { k.root.hsm.copy_revives_keys = false; },
                                    [](auto& k) { k.root.hsm.serial += "x"; },
                                    [](auto& k) { k.root.destroyed = k.root.destroyed + 1; },
                                    [](auto& k) { ++k.root.census_before, ++k.root.census_after; }};
  for (const auto& change : changes) {
    BundleTwists twists;
    twists.cited = [&](CertificateInput& input) { change(*input.keyring); };
    CHECK(only_failure(twists, maker().keyring_input()) == "completion");
  }
}

TEST_CASE("keys of a keyring bring no host along") {
  auto input = maker().certify(maker().keyring_input());
  input.trust.host = maker().world().host.certificate;
  CHECK(only_failure(input) == "statements");
}

TEST_CASE("a certificate that cites another completion is refused") {
  BundleTwists twists;
  twists.cited = [](CertificateInput& input) { input.completion->leaf = sha256("another leaf"); };
  CHECK(only_failure(twists) == "completion");
  twists.cited = [](CertificateInput& input) { ++input.completion->index; };
  CHECK(only_failure(twists) == "completion");
}

TEST_CASE("a proof of the right leaf in another place is refused") {
  auto input = maker().certify(maker().medium_input());
  const std::uint64_t again = maker().tree().append(input.issued.opened.leaf);
  input.issued.proof = maker().prove(again);
  input.completion.proof = maker().prove(input.completion.proof.index);
  CHECK(only_failure(input) == "issued_proof");
}

TEST_CASE("proofs out of two ledgers, or of two versions of one, are refused") {
  auto input = maker().certify(maker().medium_input());
  input.completion.proof = maker().prove(input.completion.proof.index, "quietus.example/other");
  CHECK(only_failure(input) == "completion_proof");

  // A fork of the same size: the same completion, another last leaf.
  input = maker().certify(maker().medium_input());
  BundleMaker fork(SigningWorld::make());
  MerkleTree tree;
  for (std::uint64_t i = 0; i + 1 < maker().tree().size(); ++i) tree.append_hash(*maker().tree().leaf_at(i));
  tree.append(as_bytes("what the others are not shown"));
  auto& world = maker().world();
  const auto note = sign_checkpoint({"quietus.example/ledger", tree.size(), tree.root()},
                                    world.checkpoint.key.public_key(), world.checkpoint.signer());
  input.completion.proof.checkpoint = *note;
  input.completion.proof.path = *tree.inclusion_proof(input.completion.proof.index, tree.size());
  CHECK(only_failure(input) == "completion_proof");
}

TEST_CASE("a certificate entered before its completion is refused") {
  BundleMaker& m = maker();
  auto input = m.certify(m.medium_input());
  // The same issuing event, but at an index below the completion's.
  MerkleTree tree;
  LedgerLeaf leaf = *decode_leaf(input.issued.opened.leaf);
  leaf.index = 0;
  input.issued.opened.leaf = encode(leaf);
  tree.append(input.issued.opened.leaf);
  const std::uint64_t completed = input.completion.proof.index;
  for (std::uint64_t i = 1; i < completed; ++i) tree.append(as_bytes("filler"));
  tree.append(input.completion.opened.leaf);
  auto& world = m.world();
  const auto note = *sign_checkpoint({"quietus.example/ledger", tree.size(), tree.root()},
                                     world.checkpoint.key.public_key(), world.checkpoint.signer());
  input.issued.proof = {0, *tree.inclusion_proof(0, tree.size()), note};
  input.completion.proof = {completed, *tree.inclusion_proof(completed, tree.size()), note};
  CHECK(only_failure(input) == "completion_proof");
}

TEST_CASE("trust files of other signers than those inside are refused") {
  auto& world = maker().world();
  auto input = maker().certify(maker().medium_input());
  input.trust.host = std::nullopt;
  CHECK(only_failure(input) == "statements");
  input = maker().certify(maker().key_input());
  input.trust.host = world.host.certificate;
  CHECK(only_failure(input) == "statements");
  input = maker().certify(maker().medium_input());
  input.trust.host = service_signer(world.certificate, "host-1", Purpose::host);
  CHECK(only_failure(input) == "statements");
  input = maker().certify(maker().medium_input());
  input.trust.mandate_signer = service_signer(world.mandate, "kms-2 mandate", Purpose::mandate);
  CHECK(only_failure(input) == "statements");
  input = maker().certify(maker().medium_input());
  input.trust.checkpoint_signer = service_signer(world.mandate, "kms-2 checkpoint", Purpose::checkpoint);
  CHECK(only_failure(input) == "issued_proof");
}

TEST_CASE("a person who signs with a service's key is refused") {
  auto& world = maker().world();
  for (const auto* service : {&world.certificate, &world.checkpoint, &world.mandate}) {
    const auto disguise = *world.people.issue_person(service->key.public_key(), *PersonId::parse("p-0003"),
                                                     "Zhang Wei", "legal", lab::valid_for_days(kNow, 365));
    auto input = maker().key_input();
    input.approvals[2] = *sign_statement(input.approvals[2].payload, disguise.der(), service->signer());
    CHECK(only_failure(BundleTwists{}, input) == "statements");
  }
}

TEST_CASE("people of another authority than the people's are refused") {
  auto& world = maker().world();
  const auto outsider =
      *world.service.issue_person(world.approver_2.key.public_key(), *PersonId::parse("p-0003"), "Zhang Wei",
                                  "legal", lab::valid_for_days(kNow, 365));
  auto input = maker().key_input();
  input.approvals[2] = *sign_statement(input.approvals[2].payload, outsider.der(), world.approver_2.signer());
  CHECK(only_failure(BundleTwists{}, input) == "chains");
}

TEST_CASE("a root whose own signature does not hold is refused, even without an anchor") {
  const auto files = *assemble_bundle(maker().certify(maker().medium_input()));
  Bytes der = maker().world().root.certificate().der();
  der.back() ^= 1;
  const auto bent = X509Certificate::parse(der);
  REQUIRE(bent);
  auto changed = files;
  changed["trust/root.pem"] = to_bytes(bent->pem());
  CHECK(verify_bundle(files, std::nullopt).verdict == BundleVerdict::consistent_issuer_not_established);
  CHECK(verify_bundle(changed, std::nullopt).verdict == BundleVerdict::invalid);
}
