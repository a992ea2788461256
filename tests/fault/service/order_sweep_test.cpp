// One order, and at every single call of token or store a failure: before the call, or after it with the
// answer lost. Then the process "crashes" and comes back. Whatever N was, the order ends, nothing is
// certified that was not destroyed, nothing destroyed comes back, and no live key is lost.
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

enum class Records { sealed, signing_key };

struct Scene {
  FakeStore memory;
  FaultStore store{memory};
  Appliance appliance{store};
  std::string case_id = appliance.open_case();
  std::string disk = appliance.declare_disk(case_id);
  std::string records;
  std::string survivor = appliance.seal_records(case_id);  // of no order: its key must live
  std::string order;
  explicit Scene(Records what = Records::sealed)
      : records(what == Records::sealed ? appliance.seal_records(case_id)
                                        : appliance.make_key(case_id, "ecdsa_p256").holding),
        order(appliance.propose(case_id, {disk, records})) {
    appliance.sign_all(case_id, order);
  }

  std::string order_state() {
    return appliance.ledger->look([&](const governance::State& state) {
      return std::string(governance::to_string(state.find(*OrderId::parse(order))->state));
    });
  }
  bool line_open(const std::string& holding) {
    return appliance.ledger->look([&](const governance::State& state) {
      const auto line = state.find(*OrderId::parse(order))->line(*HoldingId::parse(holding))->state;
      return line == governance::LineState::pending || line == governance::LineState::mandated ||
             line == governance::LineState::ending;
    });
  }
  KeyId key_of(const std::string& holding) {
    return appliance.ledger->look(
        [&](const governance::State& state) { return state.find(*HoldingId::parse(holding))->key; });
  }
  bool key_lives(const std::string& holding) {
    const std::string label = key_of(holding).text();
    const auto census = appliance.token.census().value();
    return std::ranges::any_of(census, [&](const HsmObject& object) { return object.label == label; });
  }

  /// Eraser and conductor go on until the order is over; a failure in the middle is met as a crash would be.
  void run(int rounds = 12) {
    for (int i = 0; i < rounds; ++i) {
      if (line_open(disk)) static_cast<void>(appliance.carry_out(disk, {}));
      appliance.conductor->round();
      if (i == 2) REQUIRE((appliance.restart() || appliance.restart()));  // a start may meet the failure too
    }
  }
  void check_end(const std::string& what) {
    INFO(what);
    CHECK(order_state() == "certified");
    CHECK_FALSE(key_lives(records));
    CHECK(key_lives(survivor));
    for (const auto& holding : {disk, records}) {
      const auto record = newest_certificate(*appliance.ledger, memory, *HoldingId::parse(holding)).value();
      REQUIRE(record);
      REQUIRE(record->bundle);
      proof::BundleFiles files;
      for (const auto& [name, text] : *record->bundle->object())
        files[name] = from_base64(*text.string()).value();
      const auto report =
          proof::verify_bundle(files, proof::Anchor{appliance.world.root.certificate().fingerprint()});
      CHECK(report.verdict == proof::BundleVerdict::valid);
    }
  }
};

std::uint64_t calls_of_a_quiet_run(bool of_store, Records what = Records::sealed) {
  Scene scene(what);
  const std::uint64_t before = of_store ? scene.store.calls() : 0;
  scene.appliance.hsm.never_fail();
  scene.run();
  scene.check_end("nothing failed");
  return of_store ? scene.store.calls() - before : scene.appliance.hsm.calls();
}

}  // namespace

TEST_CASE("an order ends certified although any one call of the token fails") {
  const auto what = GENERATE(Records::sealed, Records::signing_key);
  const std::uint64_t calls = calls_of_a_quiet_run(false, what);
  REQUIRE(calls > 20);
  for (std::uint64_t n = 1; n <= calls; ++n) {
    for (const auto when : {testing::FaultHsm::When::before, testing::FaultHsm::When::after}) {
      Scene scene(what);
      scene.appliance.hsm.fail_at(n, when);
      scene.run();
      scene.check_end("token call " + std::to_string(n) +
                      (when == testing::FaultHsm::When::before ? " before" : " after"));
    }
  }
}

TEST_CASE("an order ends certified although any one call of the store fails") {
  const std::uint64_t calls = calls_of_a_quiet_run(true);
  REQUIRE(calls > 20);
  for (std::uint64_t n = 1; n <= calls; ++n) {
    for (const auto when : {FaultStore::When::before, FaultStore::When::after}) {
      Scene scene;
      scene.store.fail_call(n, ErrorKind::io, when);
      scene.run();
      scene.check_end("store call " + std::to_string(n) +
                      (when == FaultStore::When::before ? " before" : " after"));
    }
  }
}

}  // namespace quietus::test
