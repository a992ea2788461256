// What every store promises, asked of the fake and of SQLite alike.
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "tests/contract/store/stores_under_test.hpp"
#include "tests/support/ledger_entries.hpp"

using namespace quietus;
using namespace quietus::test;

namespace {

std::vector<LedgerEntry> all_from(Store& store, std::uint64_t from) {
  std::vector<LedgerEntry> entries;
  REQUIRE(store.scan(from, [&](const LedgerEntry& entry) -> Status {
    entries.push_back(entry);
    return {};
  }));
  return entries;
}

}  // namespace

TEMPLATE_TEST_CASE("a new store is empty", "", Fake, Sqlite, Wrapped) {
  TestType t;
  CHECK(t.store.size().value() == 0);
  CHECK_FALSE(t.store.entry(0).value());
  CHECK(all_from(t.store, 0).empty());
  CHECK_FALSE(t.store.row("meta", "anything").value());
}

TEMPLATE_TEST_CASE("entries come back in order and unchanged, over many pages", "", Fake, Sqlite, Wrapped) {
  TestType t;
  for (std::uint64_t first = 0; first < 600; first += 100) REQUIRE(t.store.append(batch_from(first, 100)));
  CHECK(t.store.size().value() == 600);
  for (const std::uint64_t from : {0, 1, 255, 256, 257, 599, 600, 1000}) {
    const auto entries = all_from(t.store, from);
    REQUIRE(entries.size() == (from < 600 ? 600 - from : 0));
    for (std::uint64_t i = 0; i < entries.size(); ++i) CHECK(is_entry_number(entries[i], from + i));
  }
  CHECK(is_entry_number(*t.store.entry(599).value(), 599));
  CHECK_FALSE(t.store.entry(600).value());
  CHECK_FALSE(t.store.entry(UINT64_MAX).value());
}

TEMPLATE_TEST_CASE("a batch that leaves a gap, or repeats an entry, is refused whole", "", Fake, Sqlite,
                   Wrapped) {
  TestType t;
  REQUIRE(t.store.append(batch_from(0, 3)));
  for (const std::uint64_t wrong : {std::uint64_t{0}, std::uint64_t{2}, std::uint64_t{4}, UINT64_MAX}) {
    Batch batch = batch_from(wrong, 1);
    batch.rows.push_back({"meta", "half", to_bytes("written")});
    CHECK(kind_of(t.store.append(batch)) == ErrorKind::conflict);
  }
  Batch inner_gap = batch_from(3, 3);
  inner_gap.entries.erase(inner_gap.entries.begin() + 1);
  CHECK(kind_of(t.store.append(inner_gap)) == ErrorKind::conflict);
  CHECK(t.store.size().value() == 3);
  CHECK_FALSE(t.store.row("meta", "half").value());
  CHECK(t.store.row("meta", "size").value() == to_bytes("3"));
  CHECK(t.store.append(batch_from(3, 1)));
}

TEMPLATE_TEST_CASE("rows are put, replaced and deleted, each in its own table", "", Fake, Sqlite, Wrapped) {
  TestType t;
  Batch batch;
  batch.rows = {
      {"jobs", "a", to_bytes("1")}, {"keys", "a", to_bytes("2")}, {"jobs", "b", Bytes{0, 1, 0, 255}}};
  REQUIRE(t.store.append(batch));
  CHECK(t.store.row("jobs", "a").value() == to_bytes("1"));
  CHECK(t.store.row("keys", "a").value() == to_bytes("2"));
  CHECK(t.store.row("jobs", "b").value() == Bytes{0, 1, 0, 255});
  batch.rows = {{"jobs", "a", to_bytes("new")}, {"keys", "a", {}}, {"keys", "never there", {}}};
  REQUIRE(t.store.append(batch));
  CHECK(t.store.row("jobs", "a").value() == to_bytes("new"));
  CHECK_FALSE(t.store.row("keys", "a").value());
  CHECK(t.store.size().value() == 0);
}

TEMPLATE_TEST_CASE("rows of one table are visited in the order of their keys", "", Fake, Sqlite, Wrapped) {
  TestType t;
  Batch batch;
  for (int i = 0; i < 200; ++i)
    batch.rows.push_back({"progress", "key " + std::to_string(1000 - i), to_bytes("value")});
  batch.rows.push_back({"meta", "other", to_bytes("value")});
  REQUIRE(t.store.append(batch));
  std::vector<std::string> keys;
  REQUIRE(t.store.scan_rows("progress", [&](const std::string& key, BytesView) -> Status {
    keys.push_back(key);
    return t.store.row("meta", "other")
               ? Status{}
               : fail(ErrorKind::internal, "the store cannot be read while it is visited");
  }));
  CHECK(keys.size() == 200);
  CHECK(std::ranges::is_sorted(keys));
}

TEMPLATE_TEST_CASE(
    "unknown tables, empty keys and empty leaves are refused, and nothing of their batch stays", "", Fake,
    Sqlite, Wrapped) {
  TestType t;
  Batch batch = batch_from(0, 1);
  batch.rows.push_back({"secrets", "a", to_bytes("1")});
  CHECK(kind_of(t.store.append(batch)) == ErrorKind::invalid_input);
  batch.rows.back() = {"meta", "", to_bytes("1")};
  CHECK(kind_of(t.store.append(batch)) == ErrorKind::invalid_input);
  batch.rows.back() = {"meta", std::string(257, 'k'), to_bytes("1")};
  CHECK(kind_of(t.store.append(batch)) == ErrorKind::invalid_input);
  Batch no_leaf = batch_from(0, 1);
  no_leaf.entries[0].leaf.clear();
  CHECK(kind_of(t.store.append(no_leaf)) == ErrorKind::invalid_input);
  CHECK_FALSE(t.store.row("secrets", "a"));
  CHECK_FALSE(t.store.scan_rows("secrets", [](const std::string&, BytesView) -> Status { return {}; }));
  CHECK(t.store.size().value() == 0);
}

TEMPLATE_TEST_CASE("a visitor's error stops the visit and is the answer", "", Fake, Sqlite, Wrapped) {
  TestType t;
  REQUIRE(t.store.append(batch_from(0, 10)));
  int visited = 0;
  const Status stopped = t.store.scan(0, [&](const LedgerEntry&) -> Status {
    return ++visited == 4 ? Status(fail(ErrorKind::corrupt, "enough")) : Status();
  });
  CHECK(kind_of(stopped) == ErrorKind::corrupt);
  CHECK(visited == 4);
}

TEMPLATE_TEST_CASE("readers beside a writer see whole batches only", "", Fake, Sqlite) {
  TestType t;
  constexpr std::uint64_t kBatches = 60, kEach = 5;
  std::atomic<bool> wrote = true;
  std::thread writer([&] {
    for (std::uint64_t b = 0; b < kBatches; ++b) {
      if (!t.store.append(batch_from(b * kEach, kEach))) wrote = false;
    }
  });
  std::uint64_t seen = 0;
  bool whole = true, grows = true;
  while (seen < kBatches * kEach && wrote) {
    const std::uint64_t now = t.store.size().value_or(0);
    whole = whole && now % kEach == 0;
    grows = grows && now >= seen;
    seen = now;
    if (!whole || !grows) break;
  }
  writer.join();
  CHECK(wrote);
  CHECK(whole);
  CHECK(grows);
}

TEST_CASE("the fault wrapper fails exactly the call it was told to, before or after the fact") {
  FakeStore fake;
  FaultStore store(fake);
  store.fail_call(2, ErrorKind::exhausted);
  CHECK(store.append(batch_from(0, 1)));
  CHECK(kind_of(store.append(batch_from(1, 1))) == ErrorKind::exhausted);
  CHECK(fake.size().value() == 1);
  CHECK(store.append(batch_from(1, 1)));
  store.fail_call(1, ErrorKind::io, FaultStore::When::after);
  CHECK(kind_of(store.append(batch_from(2, 1))) == ErrorKind::io);
  CHECK(fake.size().value() == 3);
}
