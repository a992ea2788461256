// Any one call of store or token fails, before or after its effect, and the process starts again. What was
// there is there, what was taken away is gone, and the work can be done again.
#include "tests/support/fault_hsm.hpp"
#include "tests/support/fault_store.hpp"
#include "tests/unit/kms_records/table_world.hpp"

namespace quietus::records {

namespace {

using test::FaultStore;
using testing::FaultHsm;

struct FaultyWorld {
  testing::FakeHsm hsm;
  test::FakeStore store;
  FaultHsm faulty_hsm{hsm};
  FaultStore faulty_store{store};
  std::unique_ptr<RecordTable> table = new_table(faulty_store, faulty_hsm);
  std::map<std::uint32_t, Bytes> keys;

  FaultyWorld() {
    REQUIRE(table->create(permit_for(Verb::seal), 300));
    REQUIRE(take_away(*table, faulty_store, faulty_hsm, {1}));
    REQUIRE(table->create(permit_for(Verb::seal), 7));
    for (std::uint32_t number = 2; number <= 307; number += 5) keys[number] = key_bytes(*table, number);
  }
  void check_all_but(const std::vector<std::uint32_t>& gone) {
    for (const auto& [number, key] : keys) {
      if (std::ranges::find(gone, number) == gone.end()) CHECK(key_bytes(*table, number) == key);
    }
  }
  /// What an epoch engine does when it starts again and finds an epoch begun.
  void recover(const epochs::Root& old) {
    table = reopen(store, hsm).value();
    const epochs::Root now = table->root();
    REQUIRE(table->adopt(now));
    for (const HsmObject& object : hsm.census().value()) {
      HsmKeyRef ref;
      std::ranges::copy(object.cka_id, ref.cka_id.begin());
      if (ref != now.ref) REQUIRE(hsm.destroy(ref));  // the old root, or a next one that is not to be
    }
    if (now == old) table->give_up();
    REQUIRE(put(store, table->leftovers().value()));
    CHECK(table->leftovers().value().empty());
    CHECK(hsm.census().value().size() == 1);
  }
};

/// Which call fails, and when.
struct Fault {
  bool in_store = false;
  std::uint64_t call = 0;
  bool after = false;

  void arm(FaultyWorld& w) const {
    if (in_store)
      w.faulty_store.fail_call(call, ErrorKind::io,
                               after ? FaultStore::When::after : FaultStore::When::before);
    else
      w.faulty_hsm.fail_at(call, after ? FaultHsm::When::after : FaultHsm::When::before);
  }
};

/// Runs `attempt` with every fault that it meets; how many there were.
template <class Attempt>
int with_every_fault(Attempt attempt) {
  int met = 0;
  for (const bool in_store : {true, false}) {
    for (const bool after : {true, false}) {
      for (std::uint64_t call = 1;; ++call) {
        const Fault fault{in_store, call, after};
        CAPTURE(in_store, after, call);
        if (!attempt(fault)) break;
        ++met;
      }
    }
  }
  return met;
}

}  // namespace

TEST_CASE("whatever call fails while an epoch runs, it has happened or it has not, and can be done again") {
  const std::vector<std::uint32_t> numbers = {2, 152, 307};
  int committed = 0;
  const int met = with_every_fault([&](const Fault& fault) {
    FaultyWorld w;
    const epochs::Root old = w.table->root();
    fault.arm(w);
    const Status taken = take_away(*w.table, w.faulty_store, w.faulty_hsm, numbers);
    if (taken) return false;
    w.recover(old);
    const bool gone = w.table->root() != old;
    committed += gone ? 1 : 0;
    for (const std::uint32_t number : numbers) {
      if (gone)
        CHECK(refusal(*w.table, number) == ErrorKind::not_found);
      else
        CHECK(key_bytes(*w.table, number) == w.keys.at(number));
    }
    if (!gone) REQUIRE(take_away(*w.table, w.store, w.hsm, numbers));
    for (const std::uint32_t number : numbers) CHECK(refusal(*w.table, number) == ErrorKind::not_found);
    w.check_all_but(numbers);
    CHECK(w.table->create(permit_for(Verb::seal), 1).value() == KeyNumber{308});
    return true;
  });
  CHECK(met >= 16);
  CHECK(committed >= 4);
}

TEST_CASE("whatever call fails while keys are made, the table goes on and gives no number twice") {
  const int met = with_every_fault([&](const Fault& fault) {
    FaultyWorld w;
    fault.arm(w);
    if (w.table->create(permit_for(Verb::seal), 40)) return false;
    w.check_all_but({});
    const std::uint32_t next = w.table->create(permit_for(Verb::seal), 40).value().value;
    CHECK(next == (fault.after ? 348U : 308U));  // after the fact: taken by keys that nobody uses
    const Bytes key = key_bytes(*w.table, next);
    w.check_all_but({});
    w.table = reopen(w.store, w.hsm).value();
    CHECK(key_bytes(*w.table, next) == key);
    w.check_all_but({});
    return true;
  });
  CHECK(met >= 2);
}

TEST_CASE("whatever call fails while a table is established or opened, asking again works") {
  for (const bool in_store : {true, false}) {
    for (const bool after : {true, false}) {
      for (std::uint64_t call = 1; call < 20; ++call) {
        CAPTURE(in_store, after, call);
        FaultyWorld w;
        const KeyringId id = KeyringId::parse("another").value();
        const epochs::Root first{w.hsm.generate_device_key("r").value(), 1, fixed_clock()};
        Fault{in_store, call, after}.arm(w);
        const auto establish = [&] {
          return RecordTable::establish(permit_for(Verb::seal, id), w.faulty_store, w.faulty_hsm, fixed_clock,
                                        id, first);
        };
        if (!establish()) REQUIRE(establish());
        w.faulty_store.fail_call(0);
        w.faulty_hsm.never_fail();
        REQUIRE(establish());
        Fault{in_store, call, after}.arm(w);
        if (const auto opened = reopen(w.faulty_store, w.faulty_hsm); !opened) {
          CHECK(reopen(w.faulty_store, w.faulty_hsm));
        }
      }
    }
  }
}

TEST_CASE("after a failed creation an epoch looks at the store before it trusts its memory") {
  FaultyWorld w;
  w.faulty_store.fail_call(1, ErrorKind::io, FaultStore::When::after);
  REQUIRE_FALSE(w.table->create(permit_for(Verb::seal), 40));
  REQUIRE(take_away(*w.table, w.store, w.hsm, {2}));
  CHECK(w.table->create(permit_for(Verb::seal), 1).value() == KeyNumber{348});
  w.check_all_but({2});
}

}  // namespace quietus::records
