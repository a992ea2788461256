// Epoch after epoch, with keys made, imported and rotated in between and epochs given up half way: what went
// in any of them opens from no row there ever was, under no page key there ever was. A page key that lives on
// for a page that lost a key is what this would find.
#include <catch2/catch.hpp>

#include <iostream>
#include <random>

#include "kms/epochs/epoch.hpp"
#include "tests/fault/keys/samples.hpp"
#include "tests/support/fake_hsm.hpp"
#include "tests/support/fake_store.hpp"
#include "tests/support/fault_store.hpp"
#include "tests/support/remembering_store.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/support/test_permit.hpp"

using namespace quietus;
using namespace quietus::test;

namespace {

constexpr int kEpochs = 8;

struct House {
  ScratchFolder folder;
  testing::FakeHsm token;
  FakeStore rows;
  RememberingStore remembering{rows, folder.file("remembered")};
  FaultStore store{remembering};
  WallClock clock = [] { return UnixMs{1'700'000'000'000}; };
  KeyringId id = *KeyringId::parse(kRing);
  keys::KeyRoom room{token, clock};
  std::unique_ptr<keyrings::Keyring> ring;
  std::vector<KeySample> samples;

  House() {
    const auto creation = room.begin_creation();
    ring = keyrings::Keyring::create(*creation, Ledger::permit(keyrings::verbs::create, kRing), token, store,
                                     id, clock, small_pages())
               .value();
    samples = fill_keyring(*ring, 5, 0).value();
  }

  void add(std::size_t count) {
    auto more = add_keys(*ring, count).value();
    samples.insert(samples.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }

  /// The samples of what goes say so from here on, also when it went before.
  epochs::Deletion choose(std::mt19937& random) {
    epochs::Deletion deletion;
    for (KeySample& sample : samples) {
      const bool rotated = !deletion.numbers.empty() && deletion.numbers.back() == sample.key.number;
      if (sample.goes || (!rotated && random() % 3 != 0)) continue;
      deletion.numbers.push_back(sample.key.number);
    }
    std::ranges::sort(deletion.numbers);
    const auto twice = std::ranges::unique(deletion.numbers);
    deletion.numbers.erase(twice.begin(), twice.end());
    return deletion;
  }

  Status destroy(const epochs::Deletion& deletion, std::uint64_t failing_call) {
    QUIETUS_TRY(hold, room.hold_token(*epochs::root_key_id(id)));
    const Permit permit = Ledger::permit(Verb::destroy, kRing);
    epochs::EpochEngine engine(token, store, *ring, KeyClass::wrapped, clock);
    const auto leases = [](const KeyringId&) { return Status{}; };
    if (failing_call > 0) {  // the epoch of another deletion is given up half way
      store.fail_call(failing_call, ErrorKind::io, FaultStore::When::before);
      static_cast<void>(engine.destroy(hold, permit, {{deletion.numbers.front()}}, leases));
      store.fail_call(0);
      QUIETUS_TRY(left, engine.resume(hold, permit, leases));
      if (left) return fail(ErrorKind::conflict, "the epoch was not given up");
    }
    QUIETUS_CHECK(engine.destroy(hold, permit, deletion, leases));
    QUIETUS_CHECK(
        engine.prove(hold, [&](const keys::ProbeRequest& request) { return keys::probe(token, request); }));
    return {};
  }
};

}  // namespace

TEST_CASE(
    "over many epochs, and epochs given up between them, what went never opens again from any page key") {
  Tried all;
  for (std::uint32_t seed = 1; seed <= 4; ++seed) {
    std::mt19937 random(seed);
    House house;
    for (int epoch = 0; epoch < kEpochs; ++epoch) {
      CAPTURE(seed, epoch);
      house.add(1 + random() % 4);
      const epochs::Deletion deletion = house.choose(random);
      if (deletion.numbers.empty()) continue;
      const Status gone = house.destroy(deletion, epoch % 3 == 2 ? 2 : 0);  // 2: the prepared rows
      INFO((gone ? "" : gone.error().message));
      REQUIRE(gone);
      for (KeySample& sample : house.samples)
        sample.goes = sample.goes || std::ranges::binary_search(deletion.numbers, sample.key.number);
      const auto tried =
          try_everything(house.token, remembered_batches(house.folder.file("remembered")), house.samples);
      INFO((tried ? "" : tried.error().message));
      REQUIRE(tried);
      all.pages += tried->pages;
      all.open_pages += tried->open_pages;
      all.blobs += tried->blobs;
      all.controls += tried->controls;
    }
  }
  CHECK(all.open_pages > 0);
  std::cout << "page keys: " << all.pages << " remembered page keys tried, " << all.open_pages << " opened; "
            << all.blobs << " remembered blobs tried under what is left, " << all.controls
            << " survivors' opened as control" << std::endl;
}
