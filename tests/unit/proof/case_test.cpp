#include <catch2/catch.hpp>
#include <filesystem>

#include "proof/documents.hpp"
#include "proof/subject_receipt.hpp"
#include "proof/verify_case.hpp"
#include "tests/support/case_maker.hpp"

using namespace quietus;
using namespace quietus::proof;
using quietus::test::BundleMaker;
using quietus::test::CaseMaker;
using quietus::test::kNow;
using quietus::test::SigningWorld;
namespace fs = std::filesystem;

namespace {

/// Two certificates and the log that holds them.
struct Carried {
  test::TemporaryFolder scratch;
  BundleMaker maker{SigningWorld::make()};
  CaseMaker folder{maker, scratch.path() + "/case"};
  BundleFiles medium = folder.add("disk", maker.medium_input()),
              keys = folder.add("keys", maker.keyring_input());

  Carried() { write_log(folder.log()); }
  void write_log(const BundleFiles& files) const {
    fs::remove_all(folder.folder() + "/ledger");
    REQUIRE(write_extract(folder.folder() + "/ledger", files));
  }
  void write_receipt(const std::string& name, BytesView bytes) const {
    fs::create_directories(folder.folder() + "/receipts");
    REQUIRE(write_file_atomically(folder.folder() + "/receipts/" + name, bytes));
  }
  [[nodiscard]] CaseReport report(bool anchored = true, unsigned threads = 2) const {
    const auto found = look_into_case(folder.folder()).value();
    return verify_case(found, anchored ? std::optional(maker.anchor()) : std::nullopt, {}, threads);
  }
};

}  // namespace

TEST_CASE("a folder of a case is valid when every bundle is and the log names no other certificate") {
  const Carried carried;
  CHECK(is_case_folder(carried.folder.folder()));
  CHECK_FALSE(is_case_folder(carried.folder.folder() + "/bundle/disk"));
  const auto report = carried.report();
  REQUIRE(report.bundles.size() == 2);
  for (const auto& bundle : report.bundles) {
    INFO(bundle.name << ": " << bundle.why());
    CHECK(bundle.report.verdict == BundleVerdict::valid);
    CHECK(bundle.report.checks.back().id == "case_log");
  }
  REQUIRE(report.logs.size() == 1);
  CHECK(report.logs[0].extract);
  CHECK(report.missing.empty());
  CHECK(report.verdict == BundleVerdict::valid);
  CHECK(carried.report(false).verdict == BundleVerdict::consistent_issuer_not_established);
}

TEST_CASE("the worst bundle decides about the case, and says which it is") {
  const Carried carried;
  const std::string path = carried.folder.folder() + "/bundle/keys/certificate.json";
  auto bytes = read_file(path).value();
  bytes[300] ^= 1;
  REQUIRE(write_file_atomically(path, bytes));
  const auto report = carried.report();
  CHECK(report.bundles[0].report.verdict == BundleVerdict::valid);
  CHECK(report.bundles[1].report.verdict == BundleVerdict::invalid);
  CHECK_FALSE(report.bundles[1].why().empty());
  CHECK(report.verdict == BundleVerdict::invalid);
}

TEST_CASE("a certificate that the log names and that is not there makes the case incomplete") {
  const Carried carried;
  fs::remove_all(carried.folder.folder() + "/bundle/keys");
  const auto report = carried.report();
  REQUIRE(report.missing.size() == 1);
  CHECK(report.missing[0].certificate == "cert-0003");
  CHECK(report.missing[0].holding == "loans-2021");
  CHECK(report.verdict == BundleVerdict::incomplete);
  CHECK(report.bundles[0].report.verdict == BundleVerdict::valid);
}

TEST_CASE("a bundle that is not in the log is not of this case: an older log, another ledger") {
  Carried carried;
  carried.write_log(carried.folder.log(11));
  auto report = carried.report();
  CHECK(report.bundles[0].report.verdict == BundleVerdict::valid);
  CHECK_THAT(report.bundles[1].why(), Catch::Contains("taken before"));
  CHECK(report.verdict == BundleVerdict::invalid);

  auto& theirs = carried.folder.leaves()[12];
  auto leaf = decode_leaf(theirs.leaf).value();
  leaf.body.value[0] ^= 1;
  theirs.leaf = encode(leaf);
  carried.write_log(carried.folder.log());
  report = carried.report();
  CHECK_THAT(report.bundles[1].why(), Catch::Contains("another ledger of the same size"));

  fs::remove_all(carried.folder.folder() + "/ledger");
  report = carried.report();
  CHECK(report.logs.empty());
  CHECK(report.verdict == BundleVerdict::valid);
}

TEST_CASE("bundles out of two ledgers of one size and of one issuer are not one case") {
  Carried carried;
  fs::remove_all(carried.folder.folder() + "/ledger");
  carried.maker.tree() = MerkleTree();
  carried.folder.add("other", carried.maker.key_input());
  carried.folder.add("others", carried.maker.medium_input());
  const auto report = carried.report();
  REQUIRE(report.bundles.size() == 4);
  CHECK(report.verdict == BundleVerdict::invalid);
  CHECK_THAT(report.bundles[2].why() + report.bundles[3].why(), Catch::Contains("one_ledger"));
}

TEST_CASE("a log that does not hold makes the case invalid") {
  const Carried carried;
  auto files = carried.folder.log();
  files["ledger.ndjson"][40] ^= 1;
  carried.write_log(files);
  const auto report = carried.report();
  REQUIRE(report.logs.size() == 1);
  CHECK_FALSE(report.logs[0].extract);
  CHECK(report.verdict == BundleVerdict::invalid);
}

TEST_CASE("receipts are checked against the bundles beside them, or the one that they carry") {
  const Carried carried;
  const auto record = BundleMaker::receipts().receipt({7}, "cert-0003").value();
  const auto of = verify_bundle(carried.keys, carried.maker.anchor());
  carried.write_receipt("a.json", encode(record));
  carried.write_receipt("b.json", encode(make_subject_receipt(of, record, carried.keys).value()));
  auto report = carried.report();
  REQUIRE(report.receipts.size() == 2);
  CHECK(report.receipts[0].key == "loans.7");
  CHECK(report.verdict == BundleVerdict::valid);
  auto other = record;
  other.key.number.value = 8;
  carried.write_receipt("c.json", encode(other));
  report = carried.report();
  CHECK(report.receipts[2].verdict == BundleVerdict::invalid);
  CHECK(report.verdict == BundleVerdict::invalid);

  fs::remove_all(carried.folder.folder() + "/bundle/keys");
  fs::remove_all(carried.folder.folder() + "/ledger");
  report = carried.report();
  CHECK(report.receipts[0].verdict == BundleVerdict::incomplete);
  CHECK(report.receipts[1].verdict == BundleVerdict::valid);
  CHECK(report.receipts[2].verdict == BundleVerdict::incomplete);
}

TEST_CASE("links are not followed, and what nobody looked at is named") {
  const Carried carried;
  const std::string folder = carried.folder.folder();
  fs::create_directory_symlink(folder + "/bundle/disk", folder + "/elsewhere");
  REQUIRE(write_file_atomically(folder + "/letter.txt", as_bytes("dear auditor")));
  CHECK(carried.report().others == std::vector<std::string>{"elsewhere", "letter.txt"});
  CHECK(carried.report().verdict == BundleVerdict::valid);
  fs::create_directory(folder + "/bundle/empty");
  CHECK(carried.report().verdict == BundleVerdict::invalid);
}

namespace {

/// An entry of the log in which `who` says that the certificate is withdrawn.
OpenedLeaf withdrawn(const Carried& carried, const test::Holder& who, const std::string& certificate,
                     const std::string& what = "", const std::string& kind = "certificate_withdrawn") {
  Attestation said;
  said.id = *AttestationId::parse("word-" + who.certificate.person_id());
  said.case_id = *CaseId::parse("case-1");
  said.person = *PersonId::parse(who.certificate.person_id());
  said.kind = kind;
  said.subject = kind == "revocation" ? Subject{SubjectKind::attestation, what}
                                      : Subject{SubjectKind::holding, "loans-2021"};
  said.from = kNow;
  said.fields = {{"certificate", certificate}, {"reason", "the count was wrong"}};
  if (!what.empty() && kind != "revocation") said.fields["outcome"] = what;
  Json body = Json::Object{{"statement", to_json(who.sign(encode(said)))}, {"type", "attestation.entered"}};
  OpenedLeaf opened{{}, Bytes(kSaltBytes, 0x55), to_bytes(body.write())};
  opened.leaf = encode(LedgerLeaf{salted_body_digest(opened.salt, opened.body), carried.folder.size(), kNow,
                                  "attestation.entered"});
  return opened;
}

}  // namespace

TEST_CASE("two approvers of two departments take a certificate back; one, or two of one department, do not") {
  Carried carried;
  auto& world = carried.maker.world();
  const auto say = [&](const test::Holder& who, auto... more) {
    carried.folder.leaves().push_back(withdrawn(carried, who, "cert-0003", more...));
    carried.write_log(carried.folder.log());
    return carried.report();
  };
  auto report = say(world.approver_1);
  CHECK(report.verdict == BundleVerdict::valid);
  REQUIRE(report.bundles[1].withdrawn.size() == 1);
  CHECK_THAT(report.bundles[1].withdrawn[0].en, Catch::Contains("by too few: Li Na"));
  report = say(world.person("p-0077", "Same Desk", "risk"));
  CHECK(report.verdict == BundleVerdict::valid);
  report = say(world.approver_2, "corrected");  // says something else
  CHECK(report.verdict == BundleVerdict::valid);
  report = say(world.approver_2);
  CHECK(report.verdict == BundleVerdict::revoked);
  CHECK(report.bundles[0].report.verdict == BundleVerdict::valid);
  CHECK(report.bundles[1].report.verdict == BundleVerdict::revoked);
  report = say(world.approver_1, "word-p-0003", "revocation");  // not hers to take back
  CHECK(report.verdict == BundleVerdict::revoked);
  report = say(world.approver_2, "word-p-0003", "revocation");
  CHECK(report.verdict == BundleVerdict::valid);
}

TEST_CASE(
    "two people's word takes a certificate back before the issuer has issued anything, and that is said") {
  Carried carried;
  auto& world = carried.maker.world();
  for (const auto* who : {&world.approver_1, &world.approver_2})
    carried.folder.leaves().push_back(withdrawn(carried, *who, "cert-0003", "corrected"));
  carried.write_log(carried.folder.log());
  const auto report = carried.report();
  CHECK(report.verdict == BundleVerdict::superseded);
  REQUIRE(report.bundles[1].withdrawn.size() == 1);
  CHECK_THAT(report.bundles[1].withdrawn[0].en, Catch::Contains("no certificate says so yet"));
  CHECK(report.bundles[0].report.verdict == BundleVerdict::valid);
}

namespace {

/// The certificate that takes the place of the one about keys, in a bundle beside it.
void replace_keys(Carried& carried, Replacement reason) {
  const auto before = read_certificate(carried.keys.at("certificate.json")).value();
  carried.folder.add("later", carried.maker.in_place_of(before, carried.keys.at("certificate.json"), reason));
}

}  // namespace

TEST_CASE("given both certificates, with or without a log, verify says which took the place of which") {
  for (const auto reason : {Replacement::corrected, Replacement::withdrawn}) {
    const bool corrected = reason == Replacement::corrected;
    const auto verdict = corrected ? BundleVerdict::superseded : BundleVerdict::revoked;
    Carried carried;
    replace_keys(carried, reason);
    for (const bool with_log : {false, true}) {
      fs::remove_all(carried.folder.folder() + "/ledger");
      if (with_log) carried.write_log(carried.folder.log());
      const auto report = carried.report();
      REQUIRE(report.bundles.size() == 3);
      INFO(report.bundles[2].why());
      CHECK(report.bundles[0].report.verdict == BundleVerdict::valid);
      CHECK(report.bundles[1].report.verdict == verdict);
      CHECK(report.bundles[2].report.verdict ==
            (corrected ? BundleVerdict::valid : BundleVerdict::withdrawal));
      REQUIRE_FALSE(report.bundles[1].withdrawn.empty());
      CHECK_THAT(report.bundles[1].withdrawn[0].en,
                 Catch::Contains(corrected ? "superseded by cert-0003-corrected (bundle/later)"
                                           : "revoked by cert-0003-withdrawn (bundle/later)"));
      CHECK(report.verdict == verdict);
    }
  }
}

TEST_CASE("given the first certificate alone, the log shows that another one took its place") {
  Carried carried;
  replace_keys(carried, Replacement::withdrawn);
  carried.write_log(carried.folder.log());
  fs::remove_all(carried.folder.folder() + "/bundle/later");
  const auto report = carried.report();
  CHECK(report.bundles[1].report.verdict == BundleVerdict::revoked);
  REQUIRE(report.bundles[1].withdrawn.size() == 1);
  CHECK_THAT(report.bundles[1].withdrawn[0].en,
             Catch::Contains("revoked by cert-0003-withdrawn, of which the folder has no bundle"));
  REQUIRE(report.missing.size() == 1);
  CHECK(report.missing[0].certificate == "cert-0003-withdrawn");
}

TEST_CASE("a successor that does not hold, is of another issuer or of other bytes takes nobody's place") {
  Carried carried;
  const auto before = read_certificate(carried.keys.at("certificate.json")).value();
  fs::remove_all(carried.folder.folder() + "/ledger");
  carried.folder.add("other",
                     carried.maker.in_place_of(before, as_bytes("other bytes"), Replacement::withdrawn));
  CHECK(carried.report().bundles[1].report.verdict == BundleVerdict::valid);
  fs::remove_all(carried.folder.folder() + "/bundle/other");

  BundleMaker strangers{SigningWorld::make()};
  CaseMaker theirs(strangers, carried.folder.folder());
  auto forged = strangers.keyring_input();
  forged.certificate_id = before.certificate_id;
  theirs.add("forged",
             strangers.in_place_of(forged, carried.keys.at("certificate.json"), Replacement::withdrawn));
  const auto report = carried.report();
  CHECK(report.bundles[1].report.verdict == BundleVerdict::invalid);
  CHECK(report.bundles[2].report.verdict == BundleVerdict::valid);
}

TEST_CASE("a withdrawal that somebody else signed counts for nothing") {
  Carried carried;
  auto& world = carried.maker.world();
  BundleMaker strangers{SigningWorld::make()};
  carried.folder.leaves().push_back(withdrawn(carried, world.approver_1, "cert-0003"));
  carried.folder.leaves().push_back(withdrawn(carried, strangers.world().approver_2, "cert-0003"));
  carried.write_log(carried.folder.log());
  CHECK(carried.report().verdict == BundleVerdict::valid);
}

TEST_CASE("many threads say what one says") {
  const Carried carried;
  for (int i = 0; i < 5; ++i) {
    const std::string copy = carried.folder.folder() + "/bundle/copy-" + std::to_string(i);
    REQUIRE(write_bundle(copy, i % 2 == 0 ? carried.keys : carried.medium));
    if (i == 3) fs::remove(copy + "/certificate.tsr");
  }
  const Json one = to_json(carried.report(true, 1));
  CHECK(one == to_json(carried.report(true, 8)));
  CHECK(*one.find("verdict")->string() == "invalid");
}

TEST_CASE("the worse of two verdicts is the one further from valid") {
  CHECK(worse(BundleVerdict::valid, BundleVerdict::valid_but_expired) == BundleVerdict::valid_but_expired);
  CHECK(worse(BundleVerdict::incomplete, BundleVerdict::invalid) == BundleVerdict::invalid);
  CHECK(worse(BundleVerdict::consistent_issuer_not_established, BundleVerdict::signed_before_revocation) ==
        BundleVerdict::consistent_issuer_not_established);
}
