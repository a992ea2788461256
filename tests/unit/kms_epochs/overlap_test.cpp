// Steps of an epoch that overlap: whoever is slow, a step that has to wait does, and a commit that is not to
// be leaves nothing behind of what was made ready beside it.
#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <thread>

#include "tests/unit/kms_epochs/toy_domain.hpp"

namespace quietus::epochs {

namespace {

using namespace std::chrono_literals;

bool prepares(const Batch& batch) {
  return std::ranges::any_of(batch.rows, [](const Row& row) { return row.key == "toy/2"; });
}

bool commits(const Batch& batch) {
  return std::ranges::any_of(batch.rows, [](const Row& row) { return row.key == "toy"; });
}

/// Takes its time; can be told to be gone from the commit on, which is not written.
class SlowStore : public test::FaultStore {
 public:
  using FaultStore::FaultStore;
  std::chrono::milliseconds pause{0};
  bool fails_commit = false, gone_from_commit_on = false;
  std::function<void()> as_rows_are_prepared = [] {};

  Status append(const Batch& batch) override {
    std::this_thread::sleep_for(pause);
    if (prepares(batch)) as_rows_are_prepared();
    const bool refuses = commits(batch) && fails_commit;
    gone_ = gone_ || (commits(batch) && gone_from_commit_on);
    if (refuses || gone_) return fail(ErrorKind::io, "the store is not there");
    return FaultStore::append(batch);
  }
  Result<std::unique_ptr<DurableRows>> read_back() override {
    std::this_thread::sleep_for(pause);
    if (gone_) return fail(ErrorKind::io, "the store is not there");
    return FaultStore::read_back();
  }
  Result<std::optional<Bytes>> row(const std::string& table, const std::string& key) override {
    if (gone_) return fail(ErrorKind::io, "the store is not there");
    return FaultStore::row(table, key);
  }

 private:
  bool gone_ = false;
};

/// Takes its time over whatever runs beside the store, and looks what is durable as each step begins.
class WatchingDomain : public ToyDomain {
 public:
  WatchingDomain(Hsm& hsm, const EpochFixture& f, Store& rows) : ToyDomain(hsm, f.first), rows_(rows) {}
  std::chrono::milliseconds pause{0};
  bool checked = false;
  bool prepared_before_verify = false, checked_before_verify = false, verified_before_commit = false,
       committed_before_adopt = false;

  Result<HsmKeyRef> make_root(const std::string& label) override {
    QUIETUS_CHECK(ask("make_root"));
    return hsm().generate_wrapping_key_unsynced(label);
  }
  Status check_prepared(const Root&, const Deletion&) override {
    std::this_thread::sleep_for(pause);
    checked = true;
    return {};
  }
  Result<std::uint64_t> verify(const Root& next, const Deletion& deletion, DurableRows& durable) override {
    prepared_before_verify = phase() == EpochPhase::prepared;
    checked_before_verify = checked;
    return ToyDomain::verify(next, deletion, durable);
  }
  Result<std::vector<Row>> commit(const Root& next) override {
    verified_before_commit = asked.back() == "verify";
    return ToyDomain::commit(next);
  }
  Status adopt(const Root& next) override {
    committed_before_adopt = phase() == EpochPhase::committed && *rows_.row("keyrings", "toy");
    std::this_thread::sleep_for(pause);
    return ToyDomain::adopt(next);
  }

 private:
  EpochPhase phase() { return load_state(rows_, id(), 2).value()->phase; }
  Store& rows_;
};

}  // namespace

TEST_CASE("whoever is slow, the store or the token, no step begins before what it waits for has ended") {
  const bool store_is_slow = GENERATE(true, false);
  CAPTURE(store_is_slow);
  EpochFixture f;
  SlowStore store(f.rows);
  WatchingDomain domain(f.hsm, f, f.rows);
  (store_is_slow ? store.pause : domain.pause) = 30ms;
  // The power may go at this moment, and at that when a root is about to: what is to stay has to be durable.
  store.as_rows_are_prepared = [&] { f.token.lose_unsynced(); };
  bool ready = false, adopted = false;
  f.hsm.before_destroy = [&] {
    const auto state = f.state();
    ready = state && state->phase == EpochPhase::committed && state->destruction &&
            state->destruction->step == keys::DestructionStep::prepared;
    adopted = domain.root().epoch == 2 && f.leases == 1;
    f.token.lose_unsynced();
  };
  EpochEngine engine(f.hsm, store, domain, KeyClass::wrapped, f.clock);
  REQUIRE(engine.destroy(f.hold(), f.permit, f.deletion, f.end_leases()));
  f.hsm.before_destroy = {};
  CHECK(domain.checked_before_verify);
  CHECK(domain.prepared_before_verify);
  CHECK(domain.verified_before_commit);
  CHECK(domain.committed_before_adopt);
  CHECK(ready);
  CHECK(adopted);
  CHECK(f.token.attributes(domain.root().ref));
  CHECK(engine.prove(f.hold(), f.prober()));  // the canary is there
}

TEST_CASE("a commit that fails leaves neither the next root nor the canary that was made beside it") {
  EpochFixture f;
  SlowStore store(f.rows);
  store.fails_commit = true;
  EpochEngine engine(f.hsm, store, f.domain, KeyClass::wrapped, f.clock);
  REQUIRE_FALSE(engine.destroy(f.hold(), f.permit, f.deletion, f.end_leases()));
  CHECK(f.domain.asked.back() == "give_up");
  CHECK(f.token.census()->size() == 1);
  CHECK(f.token.attributes(f.first.ref));
  store.fails_commit = false;
  REQUIRE(engine.destroy(f.hold(), f.permit, f.deletion, f.end_leases()));
  CHECK(engine.prove(f.hold(), f.prober()));
}

TEST_CASE(
    "a process that ends before its commit is there leaves a root and a canary to the next one's broom") {
  EpochFixture f;
  SlowStore store(f.rows);
  store.gone_from_commit_on = true;
  EpochEngine engine(f.hsm, store, f.domain, KeyClass::wrapped, f.clock);
  REQUIRE_FALSE(engine.destroy(f.hold(), f.permit, f.deletion, f.end_leases()));
  REQUIRE(f.token.census()->size() == 3);
  CHECK(f.engine.resume(f.hold(), f.permit, f.end_leases()).value() == std::nullopt);
  CHECK(f.token.census()->size() == 1);
  CHECK(f.token.attributes(f.first.ref));
}

TEST_CASE("what shows the old root gone is saved before it goes, or it does not go") {
  class Refusing : public test::FaultStore {
   public:
    using FaultStore::FaultStore;
    Status append(const Batch& batch) override {
      const bool prepares = std::ranges::any_of(batch.rows, [](const Row& row) {
        return row.table == "epochs" && as_text(row.value).find("\"destruction\"") != std::string_view::npos;
      });
      return prepares ? fail(ErrorKind::io, "no room") : FaultStore::append(batch);
    }
  };
  EpochFixture f;
  Refusing store(f.rows);
  EpochEngine engine(f.hsm, store, f.domain, KeyClass::wrapped, f.clock);
  CHECK(engine.destroy(f.hold(), f.permit, f.deletion, f.end_leases()).error().kind == ErrorKind::io);
  CHECK(f.token.attributes(f.first.ref));
  CHECK(f.state()->phase == EpochPhase::committed);
  REQUIRE(f.engine.resume(f.hold(), f.permit, f.end_leases()));
  CHECK(f.prove());
}

}  // namespace quietus::epochs
