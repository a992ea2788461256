// The ledger by itself: folded again after a restart, refused when it was altered or rolled back, bounded
// under load, and able to log a freeze when the disk is full.
#include "kms/service/ledger.hpp"

#include <catch2/catch.hpp>
#include <future>

#include "tests/support/appliance.hpp"
#include "tests/support/fake_store.hpp"

namespace quietus::test {
namespace {

using governance::Command;

/// Passes everything on; a test bends one thing.
class BentStore : public Store {
 public:
  explicit BentStore(Store& inner) : inner_(inner) {}
  std::function<void(LedgerEntry&)> bend = [](LedgerEntry&) {};
  std::function<Status()> before_append = [] { return Status{}; };

  Status append(const Batch& batch) override {
    QUIETUS_CHECK(before_append());
    return inner_.append(batch);
  }
  Result<std::uint64_t> size() override { return inner_.size(); }
  Status scan(std::uint64_t from, const std::function<Status(const LedgerEntry&)>& visit) override {
    return inner_.scan(from, [&](LedgerEntry entry) {
      bend(entry);
      return visit(entry);
    });
  }
  Result<std::optional<LedgerEntry>> entry(std::uint64_t index) override { return inner_.entry(index); }
  Result<std::optional<Bytes>> row(const std::string& table, const std::string& key) override {
    return inner_.row(table, key);
  }
  Status scan_prefix(const std::string& table, const std::string& prefix,
                     const std::function<Status(const std::string&, BytesView)>& visit) override {
    return inner_.scan_prefix(table, prefix, visit);
  }
  Result<std::unique_ptr<DurableRows>> read_back() override { return inner_.read_back(); }

 private:
  Store& inner_;
};

Person person(const std::string& id) { return {*PersonId::parse(id), "Somebody", "storage", {}}; }

Command opening(int n) {
  governance::OpenCase open;
  open.case_id = *CaseId::parse("case-" + std::to_string(n));
  open.title = "case";
  open.deal = "asset";
  open.roles[Role::witness] = {*PersonId::parse("wei")};
  return {person("olivia"), open};
}

Ledger::Settings settings() {
  Ledger::Settings out;
  out.clock = [] { return ClockReading{kNow, true}; };
  return out;
}

std::unique_ptr<Ledger> opened(Store& store, std::optional<TreeHead> remembered = std::nullopt) {
  return Ledger::open(settings(), store, governance::builtin_0(), remembered).value();
}

}  // namespace

TEST_CASE("a ledger folds to the same state and the same tree after a restart") {
  FakeStore store;
  auto first = opened(store);
  for (int i = 0; i < 5; ++i) REQUIRE(first->commit_or_deny(opening(i)));
  const TreeHead head = first->head();
  const auto state = first->look([](const governance::State& s) { return s; });
  first.reset();
  const auto second = opened(store, head);
  CHECK(second->head() == head);
  CHECK(second->look([&](const governance::State& s) { return s == state; }));
}

TEST_CASE("a store that is behind the remembered checkpoint, or has another history, is refused") {
  FakeStore store;
  TreeHead head;
  {
    auto ledger = opened(store);
    for (int i = 0; i < 3; ++i) REQUIRE(ledger->commit_or_deny(opening(i)));
    head = ledger->head();
  }
  TreeHead newer = head;
  newer.size += 1;
  TreeHead other = head;
  other.root.value[0] ^= 1;
  for (const auto& remembered : {newer, other}) {
    const auto refused = Ledger::open(settings(), store, governance::builtin_0(), remembered);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::conflict);
  }
}

TEST_CASE("an altered body, salt, leaf or position is refused at start") {
  FakeStore store;
  {
    auto ledger = opened(store);
    for (int i = 0; i < 3; ++i) REQUIRE(ledger->commit_or_deny(opening(i)));
  }
  const int what = GENERATE(0, 1, 2, 3);
  BentStore bent(store);
  bent.bend = [what](LedgerEntry& entry) {
    if (entry.index != 1) return;
    if (what == 0) entry.body[entry.body.size() / 2] ^= 1;
    if (what == 1) entry.salt[0] ^= 1;
    if (what == 2) entry.leaf[20] ^= 1;
    if (what == 3) entry.index = 7;
  };
  const auto refused = Ledger::open(settings(), bent, governance::builtin_0(), std::nullopt);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::corrupt);
}

TEST_CASE("a denied command leaves no entry and gives no permit, and is counted") {
  FakeStore store;
  auto ledger = opened(store);
  const Command freeze{person("mallory"), governance::FreezeHolding{*HoldingId::parse("nothing"), "why"}};
  const auto answer = ledger->commit(freeze);
  REQUIRE(answer);
  CHECK_FALSE(answer->decision.permitted);
  CHECK_FALSE(answer->permit);
  CHECK(ledger->head().size == 0);
  CHECK_FALSE(ledger->denials().empty());
}

TEST_CASE("a full queue is refused at once, and what was taken in is committed") {
  FakeStore memory;
  BentStore store(memory);
  std::promise<void> go;
  const auto gate = go.get_future().share();
  std::atomic<bool> stuck = false;
  store.before_append = [&] {
    stuck = true;
    gate.wait();
    return Status{};
  };
  auto bounds = settings();
  bounds.queue_depth = 2;
  bounds.batch = 1;
  const auto ledger = Ledger::open(bounds, store, governance::builtin_0(), std::nullopt).value();
  std::vector<std::future<bool>> answers;
  for (int i = 0; i < 8; ++i) {
    answers.push_back(
        std::async(std::launch::async, [&, i] { return ledger->commit_or_deny(opening(i)).has_value(); }));
    while (!stuck) std::this_thread::yield();  // the first is in the writer's hands, out of the queue
  }
  int refused = 0;
  while (refused <
         5) {  // one in the writer's hands, two waiting: five must be told no while the store is stuck
    for (auto& answer : answers) {
      if (answer.valid() && answer.wait_for(std::chrono::milliseconds(5)) == std::future_status::ready) {
        refused += answer.get() ? 0 : 1;
      }
    }
  }
  go.set_value();
  int committed = 0;
  for (auto& answer : answers) committed += answer.valid() && answer.get() ? 1 : 0;
  CHECK(committed == 3);
  CHECK(ledger->head().size == 3);
}

TEST_CASE("on a full disk ordinary commands are refused and a freeze is still logged") {
  FakeStore memory;
  BentStore store(memory);
  bool full = false, reserve = true;
  store.before_append = [&]() -> Status {
    if (full && reserve) return fail(ErrorKind::exhausted, "disk full");
    return {};
  };
  auto room = settings();
  room.release_reserve = [&] { reserve = false; };
  room.reserve_held = [&] { return reserve; };
  const auto ledger = Ledger::open(room, store, governance::builtin_0(), std::nullopt).value();
  REQUIRE(ledger->commit_or_deny(opening(1)));
  governance::DeclareHolding declare;
  declare.holding = *HoldingId::parse("records-1");
  declare.case_id = *CaseId::parse("case-1");
  declare.kind = HoldingKind::record_set;
  declare.title = "records";
  REQUIRE(ledger->commit_or_deny({person("olivia"), declare}));
  full = true;
  CHECK(ledger->commit_or_deny(opening(2)).error().kind == ErrorKind::exhausted);
  CHECK(ledger->commit_or_deny({person("wei"), governance::FreezeHolding{declare.holding, "court order"}}));
  CHECK(ledger->commit_or_deny(opening(3)).error().kind == ErrorKind::exhausted);  // the room is not for this
  CHECK(ledger->look([&](const governance::State& s) { return s.find(declare.holding)->frozen; }));
}

}  // namespace quietus::test
