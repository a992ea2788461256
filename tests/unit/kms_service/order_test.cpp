// One order through the rooms of kms: from proposal to stamped certificates, and what must not happen on the
// way.
#include <catch2/catch.hpp>

#include "base/encoding.hpp"
#include "kms/service/bundles.hpp"
#include "kms/store/sqlite_store.hpp"
#include "proof/bundle.hpp"
#include "tests/support/appliance.hpp"

namespace quietus::test {
namespace {

using namespace quietus::service;

proof::BundleFiles files_of(const Json& bundle) {
  proof::BundleFiles files;
  for (const auto& [name, content] : *bundle.find("files")->object())
    files[name] = from_base64(*content.string()).value();
  return files;
}

struct Database {
  TemporaryFolder folder;
  std::unique_ptr<store::SqliteStore> store =
      store::SqliteStore::open(folder.path() + "/ledger.sqlite").value();
};

std::string state_of(Appliance& appliance, const std::string& case_id, const std::string& order) {
  const auto shown =
      appliance.ask(show_order, appliance.world.proposer, {{"case", case_id}, {"order", order}});
  return *shown->find("state")->string();
}

}  // namespace

TEST_CASE("an order over a disk and a record set ends certified, and a stranger accepts both bundles") {
  Database database;
  Appliance appliance(*database.store);
  const std::string case_id = appliance.open_case();
  const std::string disk = appliance.declare_disk(case_id);
  const std::string records = appliance.seal_records(case_id);
  const std::string order = appliance.propose(case_id, {disk, records});
  appliance.sign_all(case_id, order);
  CHECK(state_of(appliance, case_id, order) == "approved");

  appliance.conductor->round();
  CHECK(appliance.token.census()->size() >= 2);  // keys last: the disk has not ended
  REQUIRE(appliance.carry_out(disk, {}));
  for (int i = 0; i < 4; ++i) appliance.conductor->round();
  REQUIRE(state_of(appliance, case_id, order) == "certified");

  for (const auto& holding : {disk, records}) {
    const auto bundle =
        appliance.ask(holding_bundle, appliance.world.proposer, {{"case", case_id}, {"holding", holding}});
    REQUIRE(bundle);
    CHECK(*bundle->find("state")->string() == "stamped");
    const auto files = files_of(*bundle);
    const auto report =
        proof::verify_bundle(files, proof::Anchor{appliance.world.root.certificate().fingerprint()});
    for (const auto& check : report.checks) {
      INFO(check.id << ": " << check.detail);
      CHECK(check.ok);
    }
    CHECK(report.verdict == proof::BundleVerdict::valid);
  }
}

TEST_CASE("a medium that the agent could not verify fails, and the other holding is still certified") {
  Database database;
  Appliance appliance(*database.store);
  const std::string case_id = appliance.open_case();
  const std::string disk = appliance.declare_disk(case_id);
  const std::string records = appliance.seal_records(case_id);
  const std::string order = appliance.propose(case_id, {disk, records});
  appliance.sign_all(case_id, order);
  REQUIRE(appliance.carry_out(disk, {[] { return Verdict::failed; }}));
  for (int i = 0; i < 4; ++i) appliance.conductor->round();
  CHECK(state_of(appliance, case_id, order) == "partly");
  CHECK_FALSE(
      appliance.ask(holding_bundle, appliance.world.proposer, {{"case", case_id}, {"holding", disk}}));
  CHECK(appliance.ask(holding_bundle, appliance.world.proposer, {{"case", case_id}, {"holding", records}}));
}

TEST_CASE("a token that lies about a destruction leads to a failed order and to no certificate") {
  const auto lie = GENERATE(testing::FakeHsm::Lie::keeps_object, testing::FakeHsm::Lie::keeps_copy,
                            testing::FakeHsm::Lie::hides_object_in_find);
  Database database;
  Appliance appliance(*database.store);
  const std::string case_id = appliance.open_case();
  const std::string records = appliance.seal_records(case_id);
  const std::string order = appliance.propose(case_id, {records});
  appliance.sign_all(case_id, order);
  appliance.token.lie(lie);
  for (int i = 0; i < 6; ++i) appliance.conductor->round();
  CHECK(state_of(appliance, case_id, order) != "certified");
  CHECK_FALSE(newest_certificate(*appliance.ledger, *database.store, *HoldingId::parse(records)).value());
}

TEST_CASE("a time-stamp authority that is away delays a certificate and does not lose it") {
  Database database;
  Appliance appliance(*database.store);
  const std::string case_id = appliance.open_case();
  const std::string records = appliance.seal_records(case_id);
  const std::string order = appliance.propose(case_id, {records});
  appliance.sign_all(case_id, order);
  appliance.time_stamps_away = true;
  for (int i = 0; i < 4; ++i) appliance.conductor->round();
  CHECK(state_of(appliance, case_id, order) == "certified");
  CHECK(shown_certificate_state(*appliance.service, *HoldingId::parse(records)) == "certified");
  appliance.time_stamps_away = false;
  REQUIRE(appliance.restart());
  for (int i = 0; i < 2; ++i) appliance.conductor->round();
  CHECK(shown_certificate_state(*appliance.service, *HoldingId::parse(records)) == "stamped");
}

TEST_CASE("an unconfirmed clock stops everything irreversible and nothing restrictive") {
  Database database;
  Appliance appliance(*database.store);
  const std::string case_id = appliance.open_case();
  const std::string disk = appliance.declare_disk(case_id);
  const std::string records = appliance.seal_records(case_id);
  const std::string order = appliance.propose(case_id, {disk, records});
  appliance.sign_all(case_id, order);
  appliance.now.confirmed = false;
  CHECK(appliance.carry_out(disk, {}).error().kind == ErrorKind::denied);
  appliance.conductor->round();
  CHECK(state_of(appliance, case_id, order) == "approved");
  Json body;
  body["reason"] = "court order";
  CHECK(appliance.ask(freeze_holding, appliance.world.witness, {{"case", case_id}, {"holding", disk}}, body));
  appliance.now.confirmed = true;
  CHECK(appliance.carry_out(disk, {}).error().kind == ErrorKind::denied);  // frozen now
}

TEST_CASE("a destroyed key answers with its certificate") {
  Database database;
  Appliance appliance(*database.store);
  const std::string case_id = appliance.open_case();
  const std::string records = appliance.seal_records(case_id);
  const auto holding =
      appliance.ask(show_holding, appliance.world.proposer, {{"case", case_id}, {"holding", records}});
  const std::string key = *holding->find("key")->string();
  const std::string order = appliance.propose(case_id, {records});
  appliance.sign_all(case_id, order);
  for (int i = 0; i < 3; ++i) appliance.conductor->round();
  Json body;
  body["context"] = "sealed-1";
  body["wrapped"] = base64(Bytes(60, 1));
  const auto refused = appliance.ask(decrypt_data_key, appliance.world.proposer, {{"key", key}}, body);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::conflict);
  CHECK(refused.error().message.find("certificate cert-") != std::string::npos);
}

}  // namespace quietus::test
