// Rows by prefix, and rows read back from what is durable.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>

#include "tests/contract/store/stores_under_test.hpp"

using namespace quietus;
using namespace quietus::test;

namespace {

using Rows = std::vector<std::pair<std::string, Bytes>>;

Rows with_prefix(Store& store, const std::string& table, const std::string& prefix) {
  Rows rows;
  REQUIRE(store.scan_prefix(table, prefix, [&](const std::string& key, BytesView value) -> Status {
    rows.emplace_back(key, Bytes(value.begin(), value.end()));
    return {};
  }));
  return rows;
}

void put(Store& store, const std::string& table, const std::vector<std::string>& keys) {
  Batch batch;
  for (const auto& key : keys) batch.rows.push_back({table, key, to_bytes("value of " + key)});
  REQUIRE(store.append(batch));
}

std::string four_digits(int number) { return std::to_string(10'000 + number).substr(1); }

/// Tables of every kind: the store may keep some of them apart.
constexpr std::array kTables = {"progress", "record_tables", "record_pages"};

}  // namespace

TEMPLATE_TEST_CASE("a prefix gives its own rows, in the order of their bytes, and no neighbour's", "", Fake,
                   Sqlite, Wrapped) {
  TestType t;
  for (const std::string table : kTables) {
    put(t.store, table,
        {"b.2", "b.10", "b.", "a.9", "b-1", "c.1", "b", "B.1", "b.1", "b/1", "bb.1", "b.\xff"});
    put(t.store, "meta", {"b.1", "b.3"});
    CAPTURE(table);
    std::vector<std::string> keys;
    for (const auto& [key, value] : with_prefix(t.store, table, "b.")) {
      keys.push_back(key);
      CHECK(value == to_bytes("value of " + key));
    }
    CHECK(keys == std::vector<std::string>{"b.", "b.1", "b.10", "b.2", "b.\xff"});
    CHECK(with_prefix(t.store, table, "").size() == 12);
    CHECK(with_prefix(t.store, table, "b.1").size() == 2);
    CHECK(with_prefix(t.store, table, "d").empty());
    CHECK(with_prefix(t.store, table, "\xff").empty());
  }
}

TEMPLATE_TEST_CASE("a prefix gives all of its rows, also beyond one page of 64", "", Fake, Sqlite, Wrapped) {
  TestType t;
  for (const std::string table : kTables) {
    for (const int count : {63, 64, 65, 128, 129, 200}) {
      const std::string prefix = "ring" + std::to_string(count) + ".";
      std::vector<std::string> keys = {"ring" + std::to_string(count) + "-before", prefix + "~after"};
      for (int i = 0; i < count; ++i) keys.push_back(prefix + four_digits(i * 11 % count));
      put(t.store, table, keys);
      const Rows rows = with_prefix(t.store, table, prefix + "0");
      CAPTURE(table, count);
      CHECK(std::ssize(rows) == count);
      for (int i = 0; i < std::ssize(rows); ++i)
        CHECK(rows[static_cast<std::size_t>(i)].first == prefix + four_digits(i));
    }
  }
}

TEMPLATE_TEST_CASE("the visitor of a prefix may read and write the store, and its error is the answer", "",
                   Fake, Sqlite, Wrapped) {
  TestType t;
  std::vector<std::string> keys;
  for (int i = 0; i < 150; ++i) keys.push_back("k." + four_digits(i));
  put(t.store, "record_pages", keys);
  int visited = 0;
  const Status stopped =
      t.store.scan_prefix("record_pages", "k.", [&](const std::string& key, BytesView) -> Status {
        put(t.store, "meta", {key});
        return ++visited == 100 ? Status(fail(ErrorKind::conflict, "enough")) : Status();
      });
  CHECK(kind_of(stopped) == ErrorKind::conflict);
  CHECK(visited == 100);
  CHECK(with_prefix(t.store, "meta", "k.").size() == 100);
  CHECK(kind_of(t.store.scan_prefix("secrets", "", [](const std::string&, BytesView) -> Status {
          return {};
        })) == ErrorKind::invalid_input);
}

TEMPLATE_TEST_CASE("what is read back is what was appended, from any table, and nothing that was deleted", "",
                   Fake, Sqlite, Wrapped) {
  TestType t;
  Batch batch;
  for (const std::string table : kTables) {
    batch.rows.push_back({table, "kept", to_bytes(table)});
    batch.rows.push_back({table, "gone", to_bytes("for a moment")});
    batch.rows.push_back({table, "large", Bytes(100'000, 0x5a)});
  }
  REQUIRE(t.store.append(batch));
  for (auto& row : batch.rows) row.value = row.key == "gone" ? Bytes{} : row.value;
  REQUIRE(t.store.append(batch));
  const auto durable = t.store.read_back().value();
  for (const std::string table : kTables) {
    CHECK(durable->row(table, "kept").value() == to_bytes(table));
    CHECK(durable->row(table, "large").value() == Bytes(100'000, 0x5a));
    CHECK_FALSE(durable->row(table, "gone").value());
    CHECK_FALSE(durable->row(table, "never there").value());
  }
  CHECK(durable->row("secrets", "kept").error().kind == ErrorKind::invalid_input);
}

TEMPLATE_TEST_CASE("every read-back sees what was appended before it", "", Fake, Sqlite, Wrapped) {
  TestType t;
  for (const std::string value : {"first", "second", "third"}) {
    Batch batch;
    batch.rows = {{"record_pages", "page", to_bytes(value)}};
    REQUIRE(t.store.append(batch));
    CHECK(t.store.read_back().value()->row("record_pages", "page").value() == to_bytes(value));
  }
}
