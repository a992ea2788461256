// A key's destruction that is cut off at any call, and then something that forbids it: a freeze, a closed
// window, a suspended signer. A key that is there stays there; a key that is gone is shown and certified,
// because a destruction that happened and cannot be certified is the worst of both.
#include <catch2/catch.hpp>

#include "base/encoding.hpp"
#include "kms/service/bundles.hpp"
#include "proof/bundle.hpp"
#include "tests/support/appliance.hpp"
#include "tests/support/fake_store.hpp"
#include "tests/support/fault_store.hpp"

namespace quietus::test {
namespace {

using namespace quietus::service;

enum class Forbidden { frozen, window_closed, signer_suspended };

struct Scene {
  FakeStore memory;
  FaultStore store{memory};
  Appliance appliance{store};
  std::string case_id = appliance.open_case();
  std::string records = appliance.seal_records(case_id);
  std::string order = appliance.propose(case_id, {records});
  KeyId key = appliance.ledger->look(
      [&](const governance::State& state) { return state.find(*HoldingId::parse(records))->key; });
  Scene() { appliance.sign_all(case_id, order); }

  bool key_lives() {
    const auto census = appliance.token.census().value();
    return std::ranges::any_of(census, [&](const HsmObject& object) { return object.label == key.text(); });
  }
  void forbid(Forbidden how) {
    Json body;
    body["reason"] = "meanwhile";
    if (how == Forbidden::window_closed) {
      appliance.now.now = appliance.now.now + 25LL * 3'600'000;
      appliance.time_stamps_away = true;  // the authority of this world has one time only
    }
    if (how == Forbidden::frozen) {
      static_cast<void>(appliance.ask(freeze_holding, appliance.world.witness,
                                      {{"case", case_id}, {"holding", records}}, body));
    }
    if (how == Forbidden::signer_suspended) {
      body["case"] = case_id;
      REQUIRE(appliance.ask(suspend_person, appliance.world.proposer,
                            {{"person", appliance.world.witness.certificate.person_id()}}, body));
    }
  }
  void come_back() {
    appliance.hsm.never_fail();
    store.fail_call(0);
    REQUIRE(appliance.restart());
    for (int i = 0; i < 8; ++i) {
      appliance.now.now = appliance.now.now + 1000;
      appliance.conductor->round();
    }
  }
  /// Whether the key was gone when the world changed.
  void check_end(bool gone_before) {
    CHECK(key_lives() == !gone_before);
    const auto record = newest_certificate(*appliance.ledger, memory, *HoldingId::parse(records)).value();
    REQUIRE(record.has_value() == gone_before);
    if (!record || appliance.time_stamps_away) return;  // that it was issued says: within its window
    REQUIRE(record->bundle);
    proof::BundleFiles files;
    for (const auto& [name, text] : *record->bundle->object())
      files[name] = from_base64(*text.string()).value();
    const auto report =
        proof::verify_bundle(files, proof::Anchor{appliance.world.root.certificate().fingerprint()});
    for (const auto& check : report.checks) {
      INFO(check.id << ": " << check.detail);
      CHECK(check.ok);
    }
    CHECK(report.verdict == proof::BundleVerdict::valid);
  }
};

struct Met {
  int gone = 0, there = 0;
};

template <class Fail>
void cut_off(const std::string& what, Forbidden how, Met& met, Fail&& fail_in) {
  Scene scene;
  fail_in(scene);
  scene.appliance.conductor->round();
  scene.appliance.hsm.never_fail();
  scene.store.fail_call(0);
  const bool gone = !scene.key_lives();
  ++(gone ? met.gone : met.there);
  scene.forbid(how);
  INFO(what << ", forbidden in way " << static_cast<int>(how));
  scene.come_back();
  scene.check_end(gone);
}

}  // namespace

TEST_CASE(
    "a destruction cut off at any call of the token is certified if the key is gone, and undone if not") {
  Scene quiet;
  quiet.appliance.hsm.never_fail();
  quiet.appliance.conductor->round();
  const std::uint64_t calls = quiet.appliance.hsm.calls();
  REQUIRE(calls > 5);
  const auto how = GENERATE(Forbidden::frozen, Forbidden::window_closed, Forbidden::signer_suspended);
  Met met;
  for (std::uint64_t n = 1; n <= calls; ++n) {
    for (const auto when : {testing::FaultHsm::When::before, testing::FaultHsm::When::after}) {
      cut_off("token call " + std::to_string(n), how, met,
              [&](Scene& scene) { scene.appliance.hsm.fail_at(n, when); });
    }
  }
  CHECK(met.gone > 0);
  CHECK(met.there > 0);
}

TEST_CASE(
    "a destruction cut off at any call of the store is certified if the key is gone, and undone if not") {
  Scene quiet;
  const std::uint64_t before = quiet.store.calls();
  quiet.appliance.conductor->round();
  const std::uint64_t calls = quiet.store.calls() - before;
  REQUIRE(calls > 5);
  const auto how = GENERATE(Forbidden::frozen, Forbidden::window_closed, Forbidden::signer_suspended);
  Met met;
  for (std::uint64_t n = 1; n <= calls; ++n) {
    for (const auto when : {FaultStore::When::before, FaultStore::When::after}) {
      cut_off("store call " + std::to_string(n), how, met,
              [&](Scene& scene) { scene.store.fail_call(n, ErrorKind::io, when); });
    }
  }
  CHECK(met.gone > 0);
  CHECK(met.there > 0);
}

}  // namespace quietus::test
