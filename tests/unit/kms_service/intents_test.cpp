// Nothing that cannot be taken back starts before its intent stands in a checkpoint that the token remembers.
#include <catch2/catch.hpp>

#include "kms/service/records.hpp"
#include "proof/documents.hpp"
#include "proof/leaf.hpp"
#include "tests/support/appliance.hpp"
#include "tests/support/fake_store.hpp"

namespace quietus::test {
namespace {

using namespace quietus::service;

/// Index of the newest entry of that type.
std::optional<std::uint64_t> newest(Store& store, const std::string& type) {
  std::optional<std::uint64_t> found;
  REQUIRE(store.scan(0, [&](const LedgerEntry& entry) -> Status {
    if (proof::decode_leaf(entry.leaf)->type == type) found = entry.index;
    return {};
  }));
  return found;
}

std::uint64_t remembered(Appliance& appliance) {
  const auto head = remembered_head(appliance.token).value();
  return head ? head->size : 0;
}

/// An approved order to erase one disk.
struct Disk {
  FakeStore store;
  Appliance appliance{store};
  std::string holding;

  Disk() {
    const auto in = appliance.open_case();
    holding = appliance.declare_disk(in);
    appliance.sign_all(in, appliance.propose(in, {holding}));
    appliance.hsm.never_fail();
  }
  std::optional<Mandate> mandate() {
    const auto record = load_medium(store, *HoldingId::parse(holding)).value();
    if (!record.mandate) return std::nullopt;
    return proof::decode_mandate(record.mandate->payload).value();
  }
};

/// Two keys of a keyring whose time has come.
struct Due {
  FakeStore store;
  Appliance appliance{store};
  std::uint64_t destroyed = 0;

  explicit Due(const std::string& key_class) {
    const auto& owner = appliance.world.proposer;
    const auto in = appliance.open_case();
    const Json records(Json::Object{{"customer_data", true}, {"kind", "record_set"}, {"title", "Loan book"}});
    const auto holding =
        *appliance.ask(declare_holding, owner, {{"case", in}}, records)->find("id")->string();
    const auto keyring = *appliance
                              .ask(create_keyring, owner, {{"case", in}, {"holding", holding}},
                                   Json::Object{{"class", key_class}})
                              ->find("keyring")
                              ->string();
    REQUIRE(appliance.ask(add_keys, owner, {{"keyring", keyring}}, Json::Object{{"count", 3}}));
    REQUIRE(appliance.ask(schedule_destruction, owner, {{"keyring", keyring}},
                          Json::Object{{"hours", 24 * 8}, {"keys", "2"}, {"reason", "retention"}}));
    appliance.time_stamps_away = true;  // its clock stands still, and this takes days
    appliance.now.now = appliance.now.now + 9 * kDayMs;
    appliance.hsm.before_destroy = [this] {
      ++destroyed;
      const auto intent = newest(store, "keyring.shredding");
      REQUIRE(intent);
      CHECK(remembered(appliance) > *intent);
    };
  }
};

}  // namespace

TEST_CASE("a mandate names a checkpoint over its intent, and the token remembers it") {
  Disk disk;
  REQUIRE(disk.appliance.carry_out(disk.holding, {}));
  const auto intent = newest(disk.store, "mandate.issued");
  REQUIRE(intent);
  CHECK(disk.mandate()->tree_size > *intent);
  CHECK(remembered(disk.appliance) >= disk.mandate()->tree_size);
}

TEST_CASE("whichever call of the token fails, no mandate is there without a checkpoint over its intent") {
  for (std::uint64_t call = 1; call <= 8; ++call) {
    INFO("token call " << call);
    Disk disk;
    disk.appliance.hsm.fail_at(call, testing::FaultHsm::When::before);
    const Status done = disk.appliance.carry_out(disk.holding, {});
    if (call == 1) CHECK_FALSE(done);
    if (disk.mandate()) CHECK(remembered(disk.appliance) >= disk.mandate()->tree_size);
    disk.appliance.hsm.never_fail();
    disk.appliance.now.now = disk.appliance.now.now + 1000;
    if (!disk.mandate()) REQUIRE(disk.appliance.carry_out(disk.holding, {}));
    CHECK(remembered(disk.appliance) > *newest(disk.store, "mandate.issued"));
  }
}

TEST_CASE("keys of a keyring go after a checkpoint over the intent, also when the first one failed") {
  const std::string key_class = GENERATE("wrapped", "record");
  const bool crash = GENERATE(false, true);
  for (std::uint64_t call = 1; call <= 5; ++call) {
    INFO("token call " << call << (crash ? ", then a restart" : ""));
    Due due(key_class);
    due.appliance.hsm.fail_at(call, testing::FaultHsm::When::before);
    due.appliance.conductor->round();
    due.appliance.hsm.never_fail();
    if (crash) REQUIRE(due.appliance.restart());
    for (int i = 0; i < 4; ++i) {
      due.appliance.now.now = due.appliance.now.now + 2000;
      due.appliance.conductor->round();
    }
    CHECK(due.destroyed > 0);
    CHECK(newest(due.store, "keys.destroyed"));
  }
}

}  // namespace quietus::test
