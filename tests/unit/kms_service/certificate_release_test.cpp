// Between the completion of a destruction and its certificate the case goes on: what is signed is what was
// completed, and nothing leaves that our own verifier refuses.
#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/file.hpp"
#include "governance/rules/pack.hpp"
#include "kms/service/bundles.hpp"
#include "kms/service/certificate_job.hpp"
#include "kms/service/key_destruction_job.hpp"
#include "kms/service/shredding_job.hpp"
#include "kms/store/sqlite_store.hpp"
#include "proof/bundle.hpp"
#include "proof/documents.hpp"
#include "proof/keyring_shredding.hpp"
#include "tests/support/appliance.hpp"

namespace quietus::test {
namespace {

using namespace quietus::service;

std::string text(const Json& json, std::string_view member) { return *json.find(member)->string(); }

rules::Pack statutes() {
  const auto pack = read_text(QUIETUS_SOURCE_DIR "/governance/packs/cn-smallloan.json", 1 << 20);
  return rules::read_pack_untested(Json::parse(*pack)->write()).value();
}

/// A record set with a keyring of three keys, and the people of its case.
struct World {
  World() {
    const Json body(Json::Object{{"customer_data", true}, {"kind", "record_set"}, {"title", "Loan book"}});
    holding = text(*ask(declare_holding, owner, {}, body), "id");
    keyring = text(*ask(create_keyring, owner, {{"holding", holding}}, Json::Object{{"class", "wrapped"}}),
                   "keyring");
    REQUIRE(ask(add_keys, owner, {{"keyring", keyring}}, Json::Object{{"count", 3}}));
  }

  TemporaryFolder folder;
  std::unique_ptr<store::SqliteStore> store =
      store::SqliteStore::open(folder.path() + "/ledger.sqlite").value();
  Appliance appliance{*store};
  const SigningWorld& people = appliance.world;
  const Holder& owner = people.proposer;
  const std::string case_id = appliance.open_case();
  std::string holding, keyring;

  Result<Json> ask(UseCase use_case, const Holder& who, std::map<std::string, std::string, std::less<>> path,
                   Json body) {
    path["case"] = case_id;
    return appliance.ask(use_case, who, std::move(path), std::move(body));
  }
  Result<Json> attest(const Holder& who, const std::string& kind, Subject about,
                      std::map<std::string, std::string> fields, std::optional<UnixMs> until) {
    return appliance.attest(who, case_id, kind, std::move(about), std::move(fields), until);
  }
  std::string waive(const Holder& who) {
    const auto entered = attest(who, "waiver", {SubjectKind::case_, case_id},
                                {{"reason", "agreed"}, {"rule", "R11"}}, appliance.now.now + 30 * kDayMs);
    REQUIRE(entered);
    return text(*entered, "id");
  }
  void take_back(const Holder& who, const std::string& id) {
    REQUIRE(attest(who, "revocation", {SubjectKind::attestation, id}, {{"reason", "a mistake"}}, {}));
  }
  void adopt(const std::string& name) {
    const Digest digest = appliance.packs.find(name)->digest();
    for (const Holder* who : {&people.approver_1, &people.responsible})
      REQUIRE(ask(adopt_pack, *who, {}, Json::Object{{"digest", hex(digest)}, {"name", name}}));
  }
  /// Key 2 goes because its time has come; not certified yet.
  void complete_schedule() {
    appliance.time_stamps_away = true;  // its clock stands still, and this takes days
    REQUIRE(ask(schedule_destruction, owner, {{"keyring", keyring}},
                Json::Object{{"hours", 24 * 8}, {"keys", "2"}, {"reason", "retention"}}));
    appliance.now.now = appliance.now.now + 9 * kDayMs;
    REQUIRE(shred(*appliance.service, *KeyringId::parse(keyring), std::nullopt));
  }
  proof::BundleFiles bundle() {
    const auto shown = appliance.ask(holding_bundle, owner, {{"case", case_id}, {"holding", holding}});
    INFO((shown ? "" : shown.error().message));
    REQUIRE(shown);
    proof::BundleFiles files;
    for (const auto& [name, content] : *shown->find("files")->object())
      files[name] = from_base64(*content.string()).value();
    return files;
  }
  void check_valid(const proof::BundleFiles& files) {
    const auto report = proof::verify_bundle(files, proof::Anchor{people.root.certificate().fingerprint()});
    for (const auto& check : report.checks) {
      INFO(check.id << ": " << check.detail);
      CHECK(check.ok);
    }
  }
  CertificateInput certificate() { return proof::read_certificate(bundle().at("certificate.json")).value(); }
};

}  // namespace

TEST_CASE("a rule pack adopted between completion and certificate leaves the certificate what it was") {
  World w;
  REQUIRE(w.appliance.packs.add(statutes()));
  REQUIRE(w.appliance.restart());
  const std::string before = w.appliance.ledger->look(
      [&](const governance::State& state) { return state.find(*CaseId::parse(w.case_id))->pack_name; });
  w.complete_schedule();
  w.adopt("cn-smallloan@1");
  w.appliance.conductor->round();
  w.check_valid(w.bundle());
  CHECK(w.certificate().schedule->rule_pack_name == before);
}

TEST_CASE("waivers entered or taken back after the completion are not in its certificate, earlier ones are") {
  World w;
  const std::string first = w.waive(w.people.approver_1);
  const std::string second = w.waive(w.people.responsible);
  w.take_back(w.people.witness, first);
  w.complete_schedule();
  w.take_back(w.people.witness, second);
  w.waive(w.people.approver_2);
  w.appliance.conductor->round();
  w.check_valid(w.bundle());
  const auto waivers = w.certificate().waivers;
  REQUIRE(waivers);
  REQUIRE(waivers->size() == 2);
  CHECK(waivers->at(0).taken_back);
  CHECK_FALSE(waivers->at(1).taken_back);
  const auto report = proof::verify_bundle(w.bundle(), std::nullopt);
  CHECK(report.subject->waivers.at(1).en.starts_with("waiver: rule R11"));
}

TEST_CASE("an order's certificate prints the waivers of its case too, for each kind of holding") {
  World w;
  w.waive(w.people.approver_1);
  w.waive(w.people.responsible);
  const std::string disk = w.appliance.declare_disk(w.case_id), records = w.appliance.seal_records(w.case_id);
  const std::string order = w.appliance.propose(w.case_id, {disk, records, w.holding});
  w.appliance.sign_all(w.case_id, order);
  REQUIRE(w.appliance.carry_out(disk, {}));
  for (int i = 0; i < 5; ++i) w.appliance.conductor->round();
  for (const auto& holding : {disk, records, w.holding}) {
    INFO(holding);
    w.holding = holding;
    w.check_valid(w.bundle());
    CHECK(w.certificate().waivers->size() == 2);
  }
}

TEST_CASE("a completion that cites fewer waivers than the case has is refused") {
  World w;
  w.waive(w.people.approver_1);
  const KeyringId ring = *KeyringId::parse(w.keyring);
  using namespace governance;
  w.appliance.time_stamps_away = true;
  REQUIRE(w.ask(schedule_destruction, w.owner, {{"keyring", w.keyring}},
                Json::Object{{"hours", 24 * 8}, {"keys", "2"}, {"reason", "retention"}}));
  w.appliance.now.now = w.appliance.now.now + 9 * kDayMs;
  const auto commit = [&](CommandBody body) {
    return w.appliance.ledger->commit_or_deny({House{"a test"}, std::move(body)});
  };
  REQUIRE(commit(BeginShredding{ring, {}}));
  REQUIRE(commit(BeginShreddingAct{ring, Target::there}));
  CompleteShredding done{
      ring, 2, 1, 2, {false, false, true, true, true, true}, sha256("e"), Json::Object{{"epoch", "e"}}};
  w.appliance.ledger->look(
      [&](const State& state) { done.pack = state.find(*CaseId::parse(w.case_id))->pack; });
  const auto refused = commit(done);
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message, Catch::Contains("cites 0 waivers of the case, which has 1"));
  done.waivers = 1;
  const auto taken = commit(done);
  INFO((taken ? "" : taken.error().message));
  CHECK(taken);
}

TEST_CASE("nothing is signed that does not agree with the completion that it cites") {
  World w;
  w.complete_schedule();
  const CertifiedLine line{*HoldingId::parse(w.holding), {}, 1};
  auto shredding = shown_shredding(*w.appliance.service, line).value();
  shredding.known_copies.emplace_back("a copy that nobody knew of at the completion");
  REQUIRE(w.store->append({{}, {shredding_row(line, proof::to_json(shredding))}}));
  const Status refused = certify(*w.appliance.service, line);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "the event names other sources");
  CHECK_FALSE(load_certificate(*w.store, line).value());
}

TEST_CASE("a bundle that our own verifier refuses is neither kept nor shown") {
  World w;
  w.complete_schedule();
  const CertifiedLine line{*HoldingId::parse(w.holding), {}, 1};
  REQUIRE(certify(*w.appliance.service, line));
  w.check_valid(w.bundle());
  w.appliance.service->settings.trust.people_ca = w.appliance.service->settings.trust.service_ca;
  const auto shown = view_bundle(*w.appliance.service, line.holding, std::optional<OrderId>());
  REQUIRE_FALSE(shown);
  CHECK_THAT(shown.error().message, Catch::Contains("held back"));
}

}  // namespace quietus::test
