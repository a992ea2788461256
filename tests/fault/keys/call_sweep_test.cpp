// Every single call of an epoch to the token and to the store fails once, before or after it has had its
// effect. The same process tries again, or a new one does: no key that stays is lost, none that went works
// again, and what was promised is shown in the end.
#include <catch2/catch.hpp>

#include <iostream>

#include "kms/epochs/epoch.hpp"
#include "tests/fault/keys/samples.hpp"
#include "tests/support/fake_hsm.hpp"
#include "tests/support/fake_store.hpp"
#include "tests/support/fault_hsm.hpp"
#include "tests/support/fault_store.hpp"
#include "tests/support/remembering_store.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/support/test_permit.hpp"

using namespace quietus;
using namespace quietus::test;
using testing::FakeHsm;
using testing::FaultHsm;

namespace {

constexpr std::size_t kStay = 4, kGo = 3;

struct Fault {
  enum class Where { token, sync, store };
  Where where = Where::token;
  std::uint64_t call = 0;
  bool after = false;
  ErrorKind kind = ErrorKind::unavailable;
};

struct House {
  ScratchFolder folder;
  FakeHsm token;
  FaultHsm hsm{token};
  FakeStore rows;
  RememberingStore remembering{rows, folder.file("remembered")};
  FaultStore store{remembering};
  WallClock clock = [] { return UnixMs{1'700'000'000'000}; };
  KeyringId id = *KeyringId::parse(kRing);
  std::unique_ptr<keys::KeyRoom> room = std::make_unique<keys::KeyRoom>(hsm, clock);
  std::unique_ptr<keyrings::Keyring> ring;
  std::vector<KeySample> samples;

  House() {
    const auto creation = room->begin_creation();
    ring = keyrings::Keyring::create(*creation, Ledger::permit(keyrings::verbs::create, kRing), hsm, store,
                                     id, clock, small_pages())
               .value();
    samples = fill_keyring(*ring, kStay, kGo).value();
  }

  /// As a new process; false when it cannot begin its work.
  Status restart() {
    ring.reset();
    token.end_sessions();
    room = std::make_unique<keys::KeyRoom>(hsm, clock);
    QUIETUS_TRY(opened, keyrings::Keyring::open(hsm, store, id, clock, small_pages()));
    ring = std::move(opened);
    return {};
  }
  void arm(const Fault& fault) {
    disarm();
    const auto when = fault.after ? FaultHsm::When::after : FaultHsm::When::before;
    if (fault.where == Fault::Where::token)
      hsm.fail_at(fault.call, when, fault.kind);
    else if (fault.where == Fault::Where::sync)
      hsm.fail_sync_at(fault.call, when);
    else
      store.fail_call(fault.call, fault.kind,
                      fault.after ? FaultStore::When::after : FaultStore::When::before);
  }
  void disarm() {
    hsm.never_fail();
    hsm.fail_sync_at(0, FaultHsm::When::before);
    store.fail_call(0);
  }

  /// What kms does with an order of destruction, from wherever it stands.
  Status carry_on() {
    QUIETUS_TRY(hold, room->hold_token(*epochs::root_key_id(id)));
    const Permit permit = Ledger::permit(Verb::destroy, kRing);
    epochs::EpochEngine engine(hsm, store, *ring, KeyClass::wrapped, clock);
    const auto leases = [](const KeyringId&) { return Status{}; };
    QUIETUS_TRY(open, engine.resume(hold, permit, leases));
    if (!open && ring->root().epoch > 1) return {};  // done, and only the answer was lost
    if (!open) QUIETUS_CHECK(engine.destroy(hold, permit, deletion_of(samples), leases));
    QUIETUS_CHECK(
        engine.prove(hold, [&](const keys::ProbeRequest& request) { return keys::probe(hsm, request); }));
    return {};
  }
};

struct Count {
  std::size_t faults = 0, blobs = 0, snapshots = 0;
};

/// At every moment, whatever failed: survivors work from what is in memory and from what is in the store.
void check_nobody_is_lost(House& house) {
  house.disarm();
  const auto again = keyrings::Keyring::open(house.token, house.rows, house.id, house.clock);
  INFO((again ? "" : again.error().message));
  REQUIRE(again);
  for (const KeySample& sample : house.samples) {
    if (sample.goes) continue;
    for (keyrings::Keyring* ring : {house.ring.get(), again->get()}) {
      if (ring == nullptr) continue;
      REQUIRE(ring->decrypt(Ledger::permit(keyrings::verbs::decrypt, kRing), sample.ciphertext,
                            as_bytes(kContext)));
    }
  }
}

void check_end(House& house, Count& count) {
  const auto state = epochs::load_state(house.store, house.id, 2).value();
  REQUIRE(state);
  REQUIRE(epochs::evidence_of(*state));
  const Status right = check_gone_and_alive(*house.ring, house.samples);
  INFO((right ? "" : right.error().message));
  REQUIRE(right);
  REQUIRE(house.token.census()->size() == 2);  // MAC key and root
  const auto tried =
      try_everything(house.token, remembered_batches(house.folder.file("remembered")), house.samples);
  INFO((tried ? "" : tried.error().message));
  REQUIRE(tried);
  count.blobs += tried->blobs;
  count.snapshots += tried->snapshots;
}

void run(const std::vector<Fault>& faults, bool restarts, Count& count) {
  House house;
  for (const Fault& fault : faults) {
    house.arm(fault);
    static_cast<void>(house.carry_on());
    check_nobody_is_lost(house);
    if (restarts) REQUIRE(house.restart());
    ++count.faults;
  }
  const Status ended = house.carry_on();
  INFO((ended ? "" : ended.error().message));
  REQUIRE(ended);
  check_end(house, count);
}

struct Calls {
  std::uint64_t token = 0, store = 0, syncs = 0;
};

Calls calls_of_an_epoch() {
  House house;
  house.arm({});
  const std::uint64_t before = house.store.calls();
  REQUIRE(house.carry_on());
  return {house.hsm.calls(), house.store.calls() - before, house.hsm.syncs()};
}

void report(const char* what, const Count& count) {
  std::cout << what << ": " << count.faults << " calls failed; " << count.blobs << " remembered blobs tried, "
            << count.snapshots << " older snapshots opened" << std::endl;
}

}  // namespace

TEST_CASE("whichever call to the token fails during an epoch, before or after its effect, all ends well") {
  const std::uint64_t calls = calls_of_an_epoch().token;
  REQUIRE(calls > 30);
  Count count;
  for (const bool restarts : {false, true})
    for (const bool after : {false, true})
      for (const ErrorKind kind : {ErrorKind::unavailable, ErrorKind::corrupt, ErrorKind::not_found})
        for (std::uint64_t call = 1; call <= calls; ++call) {
          CAPTURE(restarts, after, to_string(kind), call);
          run({{Fault::Where::token, call, after, kind}}, restarts, count);
        }
  report("token", count);
}

TEST_CASE("whichever call to the store fails during an epoch, before or after its effect, all ends well") {
  const std::uint64_t calls = calls_of_an_epoch().store;
  REQUIRE(calls > 10);
  Count count;
  for (const bool restarts : {false, true})
    for (const bool after : {false, true})
      for (std::uint64_t call = 1; call <= calls; ++call) {
        CAPTURE(restarts, after, call);
        run({{Fault::Where::store, call, after, ErrorKind::io}}, restarts, count);
      }
  report("store", count);
}

TEST_CASE("whichever sync of the token fails during an epoch, before or after its effect, all ends well") {
  const std::uint64_t syncs = calls_of_an_epoch().syncs;
  REQUIRE(syncs == 2);  // of the next root, of the canary
  Count count;
  for (const bool restarts : {false, true})
    for (const bool after : {false, true})
      for (std::uint64_t call = 1; call <= syncs; ++call) {
        CAPTURE(restarts, after, call);
        run({{Fault::Where::sync, call, after, ErrorKind::io}}, restarts, count);
      }
  report("syncs", count);
}

TEST_CASE("two calls that fail in two lives are no worse than one") {
  const Calls calls = calls_of_an_epoch();
  Count count;
  for (std::uint64_t first = 1; first <= calls.store; ++first)
    for (std::uint64_t second = 1; second <= calls.token; second += 3) {
      CAPTURE(first, second);
      run({{Fault::Where::store, first, true, ErrorKind::io},
           {Fault::Where::token, second, second % 2 == 0, ErrorKind::unavailable}},
          second % 4 < 2, count);
    }
  for (std::uint64_t first = 1; first <= calls.token; first += 2)
    for (std::uint64_t second = 1; second <= calls.store; second += 2) {
      CAPTURE(first, second);
      run({{Fault::Where::token, first, true, ErrorKind::unavailable},
           {Fault::Where::store, second, true, ErrorKind::io}},
          first % 4 < 2, count);
    }
  report("two of them", count);
}

TEST_CASE("a token that lies about the end of a root never gets an epoch shown, and loses nobody who stays") {
  for (const auto lie : {FakeHsm::Lie::keeps_object, FakeHsm::Lie::keeps_copy, FakeHsm::Lie::hides_object,
                         FakeHsm::Lie::hides_object_in_find, FakeHsm::Lie::loses_a_neighbour}) {
    CAPTURE(static_cast<int>(lie));
    House house;
    static_cast<void>(house.token.generate_signing_key("aaa", EcCurve::p256));
    house.token.lie(lie);
    for (int life = 0; life < 3; ++life) {  // asking again does not wear it down
      const Status ended = house.carry_on();
      REQUIRE_FALSE(ended);
      const auto state = epochs::load_state(house.store, house.id, 2).value();
      REQUIRE(state);
      CHECK(state->phase < epochs::EpochPhase::done);
      CHECK(epochs::evidence_of(*state).error().kind == ErrorKind::conflict);
      if (lie == FakeHsm::Lie::loses_a_neighbour) break;  // who knows which key it took
      REQUIRE(house.restart());
    }
  }
}

TEST_CASE("what tries everything finds a key that was not really taken away") {
  House house;
  house.token.lie(FakeHsm::Lie::keeps_copy);  // as if somebody had kept the old root
  REQUIRE_FALSE(house.carry_on());
  const auto tried =
      try_everything(house.token, remembered_batches(house.folder.file("remembered")), house.samples);
  REQUIRE_FALSE(tried);
  CHECK(tried.error().message.find("works from an old blob") != std::string::npos);
}

TEST_CASE("a store that is older than the token gets no epoch rolled back: the only root would go") {
  House house;
  const auto before = remembered_batches(house.folder.file("remembered")).size();
  REQUIRE(house.carry_on());
  const auto batches = remembered_batches(house.folder.file("remembered"));
  for (std::size_t until = before + 1; until < batches.size();
       ++until) {  // a backup taken in the middle of it
    CAPTURE(until);
    FakeStore yesterday;
    for (std::size_t i = 0; i < until; ++i) REQUIRE(yesterday.append({{}, batches[i]}));
    const auto ring = keyrings::Keyring::open(house.token, yesterday, house.id, house.clock);
    if (!ring) {
      CHECK(ring.error().kind == ErrorKind::corrupt);
      CHECK(ring.error().message.find("older than it") != std::string::npos);
    }
  }
  CHECK(house.token.attributes(house.ring->root().ref));
}
