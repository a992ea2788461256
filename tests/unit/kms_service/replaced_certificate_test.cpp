// Two approvers say that a certificate is not to be relied on: the one that takes its place is signed, logged
// and stamped as any other, and whoever asks gets it.
#include <catch2/catch.hpp>
#include <filesystem>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "kms/service/use_cases.hpp"
#include "kms/store/sqlite_store.hpp"
#include "proof/bundle.hpp"
#include "proof/certificate.hpp"
#include "proof/verify_case.hpp"
#include "tests/support/appliance.hpp"

namespace quietus::test {
namespace {

using namespace quietus::service;

struct ReplacedWorld {
  ReplacedWorld() {
    appliance.conductor.reset();  // rounds are taken by hand
    const auto order = appliance.propose(case_id, {holding});
    appliance.sign_all(case_id, order);
    for (int i = 0; i < 3; ++i) round();
    first = id_of(bundle());
  }

  TemporaryFolder folder;
  std::unique_ptr<store::SqliteStore> store =
      store::SqliteStore::open(folder.path() + "/ledger.sqlite").value();
  Appliance appliance{*store};
  const SigningWorld& people = appliance.world;
  const std::string case_id = appliance.open_case(), holding = appliance.seal_records(case_id);
  std::string first;

  void round() {
    Conductor conductor(*appliance.service, Conductor::Settings{.round_ms = 600'000});
    conductor.round();
  }
  Result<Json> say(const Holder& who, const std::string& outcome, const std::string& certificate) {
    return appliance.attest(who, case_id, "certificate_withdrawn", {SubjectKind::holding, holding},
                            {{"certificate", certificate}, {"outcome", outcome}, {"reason", "counted twice"}},
                            {});
  }
  proof::BundleFiles bundle(const std::string& certificate = "") {
    std::map<std::string, std::string, std::less<>> query;
    if (!certificate.empty()) query["certificate"] = certificate;
    const auto shown =
        appliance.ask(holding_bundle, people.proposer, {{"case", case_id}, {"holding", holding}}, {}, query);
    INFO((shown ? "" : shown.error().message));
    REQUIRE(shown);
    CHECK(*shown->find("state")->string() == "stamped");
    proof::BundleFiles files;
    for (const auto& [name, content] : *shown->find("files")->object())
      files[name] = from_base64(*content.string()).value();
    return files;
  }
  static std::string id_of(const proof::BundleFiles& files) {
    return proof::read_certificate(files.at("certificate.json")).value().certificate_id;
  }
  proof::BundleVerdict verdict(const proof::BundleFiles& files) const {
    const proof::Anchor anchor{people.root.certificate().fingerprint()};
    const auto report = proof::verify_bundle(files, anchor);
    for (const auto& check : report.checks) {
      INFO(check.id << ": " << check.detail);
      CHECK(check.ok);
    }
    return report.verdict;
  }
};

}  // namespace

TEST_CASE("a correction, then its withdrawal: each is the newest bundle, and the first one stays as it was") {
  ReplacedWorld w;
  const auto kept = w.bundle();
  std::string of = w.first;
  for (const std::string outcome : {"corrected", "withdrawn"}) {
    REQUIRE(w.say(w.people.approver_1, outcome, of));
    w.round();
    CHECK(ReplacedWorld::id_of(w.bundle()) == of);  // one voice is not enough
    REQUIRE(w.say(w.people.approver_2, outcome, of));
    w.round();
    const auto files = w.bundle();
    const auto read = proof::read_certificate(files.at("certificate.json")).value();
    REQUIRE(read.predecessor);
    CHECK(read.predecessor->certificate_id == of);
    CHECK(read.predecessor->words.size() == 2);
    CHECK(w.verdict(files) ==
          (outcome == "corrected" ? proof::BundleVerdict::valid : proof::BundleVerdict::withdrawal));
    of = read.certificate_id;
    REQUIRE(w.appliance.restart());
    w.appliance.conductor.reset();
    w.round();
    CHECK(w.bundle() == files);
    CHECK(w.bundle(w.first) == kept);
  }
  const auto shown =
      w.appliance.ask(show_holding, w.people.proposer, {{"case", w.case_id}, {"holding", w.holding}});
  REQUIRE(shown);
  REQUIRE(shown->find("replaced_certificates")->array()->size() == 2);
  CHECK_FALSE(w.say(w.people.approver_1, "withdrawn", of));  // a withdrawal is not withdrawn

  const std::string in = w.folder.path() + "/case";
  REQUIRE(proof::write_bundle(in + "/bundle/first", kept));
  REQUIRE(proof::write_bundle(in + "/bundle/last", w.bundle()));
  const auto look = [&] {
    return proof::verify_case(proof::look_into_case(in).value(),
                              proof::Anchor{w.people.root.certificate().fingerprint()}, {}, 1);
  };
  auto report = look();  // of the correction in between nobody has the bundle
  CHECK(report.bundles[0].report.verdict == proof::BundleVerdict::revoked);
  CHECK(report.bundles[1].report.verdict == proof::BundleVerdict::withdrawal);
  const auto between = report.bundles[1].report.subject->predecessor->certificate_id;
  REQUIRE(proof::write_bundle(in + "/bundle/second", w.bundle(between)));
  report = look();
  CHECK(report.bundles[0].report.verdict == proof::BundleVerdict::revoked);
  CHECK(report.bundles[2].report.verdict == proof::BundleVerdict::revoked);
}

}  // namespace quietus::test
