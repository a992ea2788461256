// The power goes at every single write of the store during an epoch, and of what was never synced the disk
// keeps nothing, something or everything. The token keeps what it was told and has synced: the two must not
// part ways.
#include <catch2/catch.hpp>

#include <filesystem>
#include <iostream>

#include "kms/epochs/epoch.hpp"
#include "kms/store/sqlite_store.hpp"
#include "tests/fault/keys/samples.hpp"
#include "tests/support/fake_hsm.hpp"
#include "tests/support/power_loss_vfs.hpp"
#include "tests/support/remembering_store.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/support/test_permit.hpp"

using namespace quietus;
using namespace quietus::test;
using store::SqliteStore;

namespace {

constexpr std::size_t kStay = 3, kGo = 2;
const store::StoreOptions kThroughSwitch{
    .reserve_bytes = 0, .busy_timeout_ms = 100, .vfs = PowerLossVfs::name()};
const WallClock kClock = [] { return UnixMs{1'700'000'000'000}; };

struct House {
  ScratchFolder folder;
  testing::FakeHsm token;
  std::vector<KeySample> samples;
  const KeyringId id = *KeyringId::parse(kRing);

  std::string database() const { return folder.file("ledger.db"); }
  std::string remembered() const { return folder.file("remembered"); }

  void make_keyring() {
    const auto sqlite = SqliteStore::open(database(), kThroughSwitch).value();
    RememberingStore rows(*sqlite, remembered());
    keys::KeyRoom room(token, kClock);
    const auto creation = room.begin_creation();
    const auto ring = keyrings::Keyring::create(*creation, Ledger::permit(keyrings::verbs::create, kRing),
                                                token, rows, id, kClock, small_pages())
                          .value();
    samples = fill_keyring(*ring, kStay, kGo).value();
  }

  /// One life, until the epoch is done or the power goes. Gives whether it was forward or back that it began
  /// with.
  Status live() {
    QUIETUS_TRY(sqlite, SqliteStore::open(database(), kThroughSwitch));
    RememberingStore rows(*sqlite, remembered());
    keys::KeyRoom room(token, kClock);
    QUIETUS_TRY(ring, keyrings::Keyring::open(token, rows, id, kClock, small_pages()));
    QUIETUS_TRY(hold, room.hold_token(*epochs::root_key_id(id)));
    const Permit permit = Ledger::permit(Verb::destroy, kRing);
    const auto leases = [](const KeyringId&) { return Status{}; };
    epochs::EpochEngine engine(token, rows, *ring, KeyClass::wrapped, kClock);
    QUIETUS_TRY(open, engine.resume(hold, permit, leases));
    if (!open && ring->root().epoch > 1) return {};
    if (!open) QUIETUS_CHECK(check_all_alive(*ring, samples));
    if (!open) QUIETUS_CHECK(engine.destroy(hold, permit, deletion_of(samples), leases));
    QUIETUS_CHECK(
        engine.prove(hold, [&](const keys::ProbeRequest& request) { return keys::probe(token, request); }));
    return {};
  }

  void check_end(std::size_t& blobs) {
    const auto sqlite = SqliteStore::open(database(), kThroughSwitch).value();
    const auto ring = keyrings::Keyring::open(token, *sqlite, id, kClock).value();
    const Status right = check_gone_and_alive(*ring, samples);
    INFO((right ? "" : right.error().message));
    REQUIRE(right);
    REQUIRE(token.census()->size() == 2);
    const auto tried = try_everything(token, remembered_batches(remembered()), samples);
    INFO((tried ? "" : tried.error().message));
    REQUIRE(tried);
    blobs += tried->blobs;
  }
};

std::uint64_t writes_of_an_epoch() {
  PowerLossVfs power;
  House house;
  house.make_keyring();
  const std::uint64_t before = power.writes();
  REQUIRE(house.live());
  return power.writes() - before;
}

}  // namespace

TEST_CASE("a power cut at any write of an epoch loses no key that stays and revives none that went") {
  const std::uint64_t writes = writes_of_an_epoch();
  REQUIRE(writes > 30);
  std::size_t cuts = 0, blobs = 0;
  for (const Kept kept : {Kept::nothing, Kept::everything, Kept::first_half, Kept::every_second})
    for (std::uint64_t cut = 1; cut <= writes; ++cut) {
      CAPTURE(static_cast<int>(kept), cut);
      PowerLossVfs power;
      House house;
      house.make_keyring();
      power.cut_at_write(cut);
      const Status first_life = house.live();
      INFO("first life: " << (first_life ? "ended" : first_life.error().message));
      REQUIRE(power.is_cut());
      power.leave(kept);
      house.token.lose_unsynced();
      std::filesystem::remove(house.database() + "-shm");  // memory, as far as a power cut is concerned
      const Status ended = house.live();
      INFO((ended ? "" : ended.error().message));
      REQUIRE(ended);
      house.check_end(blobs);
      ++cuts;
    }
  std::cout << "power: " << cuts << " cuts, " << blobs << " remembered blobs tried" << std::endl;
}
