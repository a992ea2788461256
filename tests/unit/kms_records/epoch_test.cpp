// The record table as the domain of an epoch, one step after the other.
#include <atomic>
#include <thread>

#include "kms/records/blobs.hpp"
#include "tests/unit/kms_records/table_world.hpp"

namespace quietus::records {

namespace {

ErrorKind kind_of(const auto& result) {
  REQUIRE_FALSE(result);
  return result.error().kind;
}

}  // namespace

TEST_CASE("an epoch writes the extents it must and the top, into slots that are not current") {
  World w;
  w.create(32 * 8 * 5);
  w.take({});
  const Rows before = rows_in(w.store);
  REQUIRE(w.table->close(deletion_of({300, 301})));
  const epochs::Root next{w.table->make_root("next").value(), 3, fixed_clock()};
  const auto rows = w.table->prepare(next, deletion_of({300, 301})).value();
  CHECK(rows.size() == 2);
  for (const Row& row : rows) CHECK_FALSE(before.contains({row.table, row.key}));
}

TEST_CASE("while an epoch is open nothing is added, and reading goes on") {
  World w;
  w.create(50);
  const Bytes key = key_bytes(*w.table, 9), survivor = key_bytes(*w.table, 10);
  const epochs::Root old = w.table->root();
  const epochs::Root next = go_to_verified(*w.table, w.store, deletion_of({9})).value();
  CHECK(kind_of(w.table->create(permit_for(Verb::seal), 1)) == ErrorKind::unavailable);
  CHECK(key_bytes(*w.table, 9) == key);
  CHECK(w.table->root() == old);
  REQUIRE(finish(*w.table, w.store, w.hsm, next, old));
  CHECK(refusal(*w.table, 9) == ErrorKind::not_found);
  CHECK(key_bytes(*w.table, 10) == survivor);
  CHECK(w.table->root() == next);
  CHECK(w.create(1) == 51);
}

TEST_CASE("survivors are counted, over epochs and creations") {
  World w;
  w.create(100);
  std::uint64_t expected = 100;
  for (const auto& numbers : std::vector<std::vector<std::uint32_t>>{{}, {1}, {2, 50, 100}, {33}}) {
    expected += 7 - numbers.size();
    w.create(7);
    const epochs::Deletion deletion = deletion_of(numbers);
    const epochs::Root old = w.table->root();
    REQUIRE(w.table->close(deletion));
    const epochs::Root next{w.table->make_root("next").value(), old.epoch + 1, fixed_clock()};
    REQUIRE(put(w.store, w.table->prepare(next, deletion).value()));
    CHECK(w.table->verify(next, deletion, *w.store.read_back().value()).value() == expected);
    REQUIRE(finish(*w.table, w.store, w.hsm, next, old));
  }
}

TEST_CASE("a deletion names live keys, sorted, each once; otherwise nothing is closed") {
  World w;
  w.create(40);
  w.take({3});
  CHECK(kind_of(w.table->close(deletion_of({2, 1}))) == ErrorKind::invalid_input);
  CHECK(kind_of(w.table->close(deletion_of({2, 2}))) == ErrorKind::invalid_input);
  CHECK(kind_of(w.table->close(deletion_of({0, 2}))) == ErrorKind::not_found);
  CHECK(kind_of(w.table->close(deletion_of({2, 41}))) == ErrorKind::not_found);
  CHECK(kind_of(w.table->close(deletion_of({2, 3}))) == ErrorKind::not_found);
  CHECK(w.create(1) == 41);
  std::vector<std::uint32_t> all;
  for (std::uint32_t number = 1; number <= 41; ++number)
    if (number != 3) all.push_back(number);
  w.take(all);
  for (std::uint32_t number = 1; number <= 41; ++number) CHECK_FALSE(w.live(number));
  CHECK(w.create(1) == 42);
  CHECK(key_bytes(*w.table, 42).size() == 32);
}

TEST_CASE("an epoch that is given up has cost nothing, and leaves nothing") {
  World w;
  w.create(600);
  w.take({1});
  const Rows before = rows_in(w.store);
  const Bytes key = key_bytes(*w.table, 300);
  REQUIRE(start_and_give_up(*w.table, w.store, w.hsm, {2, 300, 599}));
  CHECK(rows_in(w.store) == before);
  CHECK(key_bytes(*w.table, 300) == key);
  CHECK(w.create(1) == 601);
  w.take({300});
  CHECK_FALSE(w.live(300));
  CHECK(w.live(2));
}

TEST_CASE("a process that starts again finds what an earlier one left behind") {
  World w;
  w.create(600);
  w.take({1});
  const std::size_t rows = rows_in(w.store).size();
  REQUIRE(go_to_verified(*w.table, w.store, deletion_of({2, 300})));
  CHECK(rows_in(w.store).size() > rows);
  w.table = reopen(w.store, w.hsm).value();
  CHECK(w.live(300));
  w.table->give_up();
  REQUIRE(put(w.store, w.table->leftovers().value()));
  CHECK(rows_in(w.store).size() == rows);
  CHECK(w.table->leftovers().value().empty());

  const epochs::Root old = w.table->root();
  const epochs::Root next = go_to_verified(*w.table, w.store, deletion_of({300})).value();
  CHECK(w.table->leftovers().value().size() == 2);  // should it be rolled back: an extent and its top
  REQUIRE(put(w.store, w.table->commit(next).value()));
  CHECK(kind_of(w.table->leftovers()) == ErrorKind::conflict);  // what it takes for remains is current
  w.table = reopen(w.store, w.hsm).value();
  REQUIRE(w.table->adopt(next));
  REQUIRE(w.hsm.destroy(old.ref));
  REQUIRE(put(w.store, w.table->leftovers().value()));
  CHECK(rows_in(w.store).size() == rows);
  CHECK_FALSE(w.live(300));
  CHECK(w.table->root() == next);
}

TEST_CASE("the steps of an epoch have one order") {
  World w;
  w.create(40);
  const epochs::Deletion deletion = deletion_of({7});
  const epochs::Root next{w.table->make_root("next").value(), 2, fixed_clock()};
  const epochs::Root other{w.table->make_root("other").value(), 2, fixed_clock()};
  const auto durable = w.store.read_back().value();
  CHECK(kind_of(w.table->prepare(next, deletion)) == ErrorKind::conflict);
  CHECK(kind_of(w.table->verify(next, deletion, *durable)) == ErrorKind::conflict);
  CHECK(kind_of(w.table->commit(next)) == ErrorKind::conflict);
  CHECK(kind_of(w.table->adopt(next)) == ErrorKind::conflict);
  REQUIRE(w.table->close(deletion));
  const epochs::Root stale{next.ref, 1, fixed_clock()}, same{w.table->root().ref, 2, fixed_clock()};
  CHECK(kind_of(w.table->prepare(stale, deletion)) == ErrorKind::invalid_input);
  CHECK(kind_of(w.table->prepare(same, deletion)) == ErrorKind::invalid_input);
  REQUIRE(put(w.store, w.table->prepare(next, deletion).value()));
  CHECK(kind_of(w.table->commit(next)) == ErrorKind::conflict);
  CHECK_FALSE(w.table->verify(other, deletion, *w.store.read_back().value()));
  REQUIRE(w.table->verify(next, deletion, *w.store.read_back().value()));
  CHECK(kind_of(w.table->commit(other)) == ErrorKind::conflict);
  REQUIRE(w.table->commit(next));
  w.table->give_up();
  CHECK(kind_of(w.table->commit(next)) == ErrorKind::conflict);
}

TEST_CASE("what was prepared for another deletion, or was never written, is not verified") {
  World w;
  w.create(600);
  REQUIRE(w.table->close(deletion_of({7, 300})));
  const auto verify = [&](const epochs::Root& next, const std::vector<std::uint32_t>& numbers) {
    return w.table->verify(next, deletion_of(numbers), *w.store.read_back().value());
  };
  const epochs::Root next{w.table->make_root("next").value(), 2, fixed_clock()};
  CHECK(kind_of(verify(next, {7, 300})) == ErrorKind::verification_failed);
  REQUIRE(put(w.store, w.table->prepare(next, deletion_of({7, 300})).value()));
  REQUIRE(verify(next, {7, 300}));
  for (const auto& numbers : std::vector<std::vector<std::uint32_t>>{
           {}, {7}, {300}, {7, 301}, {8, 300}, {7, 300, 301}, {7, 300, 590}, {7, 590}}) {
    CHECK(kind_of(verify(next, numbers)) == ErrorKind::verification_failed);
  }
  auto rows = w.table->prepare(next, deletion_of({7, 300})).value();
  for (const Row& row : rows) {
    REQUIRE(put(w.store, rows));
    REQUIRE(put(w.store, {{row.table, row.key, {}}}));
    CHECK_FALSE(verify(next, {7, 300}));
  }
}

TEST_CASE("every bit of what is prepared counts when it is verified") {
  World w;
  w.create(40);
  w.take({1});
  const epochs::Deletion deletion = deletion_of({7, 40});
  REQUIRE(w.table->close(deletion));
  const epochs::Root next{w.table->make_root("next").value(), 3, fixed_clock()};
  const auto rows = w.table->prepare(next, deletion).value();
  for (const Row& row : rows) {
    REQUIRE(put(w.store, rows));
    for (std::size_t at = 0; at < row.value.size(); at += at < 200 ? 1 : 7) {
      Row bent = row;
      bent.value[at] ^= 0x10;
      REQUIRE(put(w.store, {bent}));
      const auto verified = w.table->verify(next, deletion, *w.store.read_back().value());
      CAPTURE(row.key, at);
      REQUIRE_FALSE(verified);
    }
  }
  REQUIRE(put(w.store, rows));
  CHECK(w.table->verify(next, deletion, *w.store.read_back().value()).value() == 37);
}

TEST_CASE("a large epoch, worked on by several threads, takes what it is told and nothing else") {
  World w;
  constexpr std::uint32_t kKeys = 120'000, kEvery = 19, kSample = 61;
  w.create(kKeys);
  std::map<std::uint32_t, Bytes> keys;
  for (std::uint32_t number = 1; number <= kKeys; number += kSample)
    keys[number] = key_bytes(*w.table, number);
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t number = 5; number <= kKeys; number += kEvery) numbers.push_back(number);
  const auto check = [&](RecordTable& table) {
    for (const auto& [number, key] : keys) {
      const bool gone = std::ranges::binary_search(numbers, number);
      CHECK((gone ? refusal(table, number) == ErrorKind::not_found : key_bytes(table, number) == key));
    }
  };
  w.take(numbers);
  check(*w.table);
  CHECK(kind_of(w.table->close(deletion_of(numbers))) == ErrorKind::not_found);
  check(*reopen(w.store, w.hsm).value());
  std::vector<std::uint32_t> more;  // other keys of the same pages, which are listed now
  for (const std::uint32_t number : numbers) more.push_back(number - 3);
  w.take(more);
  numbers.insert(numbers.end(), more.begin(), more.end());
  std::ranges::sort(numbers);
  check(*w.table);
  check(*reopen(w.store, w.hsm).value());
}

TEST_CASE("look-ups beside epochs and creations never see a wrong key, and none works after its epoch") {
  World w;
  constexpr std::uint32_t kKeys = 400;
  w.create(kKeys);
  std::vector<Bytes> keys(kKeys + 1);
  for (std::uint32_t number = 1; number <= kKeys; ++number) keys[number] = key_bytes(*w.table, number);
  std::atomic<std::uint32_t> destroyed = 0;
  std::atomic<bool> stop = false, wrong = false;
  const auto look = [&] {
    while (!stop) {
      for (std::uint32_t number = 1; number <= kKeys; number += 13) {
        const std::uint32_t gone = destroyed;
        const Bytes key = key_bytes(*w.table, number);
        if (!key.empty() && (key != keys[number] || number <= gone)) wrong = true;
        if (key.empty() && number > destroyed + 1) wrong = true;
      }
    }
  };
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) readers.emplace_back(look);
  for (std::uint32_t number = 1; number <= 60; ++number) {
    w.take({number});
    destroyed = number;
    if (number % 5 == 0) w.create(3);
  }
  stop = true;
  for (auto& reader : readers) reader.join();
  CHECK_FALSE(wrong);
}

}  // namespace quietus::records
