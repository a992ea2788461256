// Rows that were flipped, swapped, taken from another time or another table. Whatever is done to them, a
// look-up gives the key that was made, or says `corrupt`.
#include <algorithm>

#include "kms/records/blobs.hpp"
#include "tests/unit/kms_records/table_world.hpp"

namespace quietus::records {

namespace {

constexpr std::uint32_t kKeys = 300, kEvery = 11;  // two extents, the last page half full

struct Damaged {
  int refused = 0;
  int right = 0;
};

/// Opens the table on these rows and looks up a key of every page; a wrong key fails the test.
Damaged look_up(const Rows& rows, testing::FakeHsm& hsm, const std::map<std::uint32_t, Bytes>& keys) {
  test::FakeStore store;
  fill(store, rows);
  Damaged seen;
  const auto table = reopen(store, hsm);
  if (!table) {
    CHECK(table.error().kind == ErrorKind::corrupt);
    seen.refused = static_cast<int>(keys.size());
    return seen;
  }
  for (const auto& [number, key] : keys) {
    const auto found = KeyForTest::of(**table, number);
    if (found) {
      CHECK(std::ranges::equal(found->view(), key));
      ++seen.right;
    } else {
      CHECK(found.error().kind == ErrorKind::corrupt);  // never "destroyed", never "not given"
      ++seen.refused;
    }
  }
  return seen;
}

struct Story {
  World w;
  std::map<std::uint32_t, Bytes> keys;
  Rows rows;

  /// Listed pages in both slots, listed pages that kept their appended form, and pages appended since.
  Story() {
    w.create(200);
    w.take({1});
    w.create(kKeys - 200);
    for (std::uint32_t number = 2; number <= kKeys; number += kEvery)
      keys[number] = key_bytes(*w.table, number);
    rows = rows_in(w.store);
  }
  int refused(const Rows& changed) {
    const Damaged seen = look_up(changed, w.hsm, keys);
    CHECK(seen.refused + seen.right == static_cast<int>(keys.size()));
    return seen.refused;
  }
};

Bytes& extent(Rows& rows, std::uint32_t index) {
  for (const Slot slot : {Slot::a, Slot::b}) {
    const auto found = rows.find({std::string(kPageTable), extent_key(kTable, index, slot)});
    if (found != rows.end()) return found->second;
  }
  FAIL("no such extent");
  std::abort();
}

Bytes& top(Rows& rows) {
  const auto in_slot_a = rows.find({std::string(kHeadTable), top_key(kTable, Slot::a)});
  return in_slot_a != rows.end() ? in_slot_a->second
                                 : rows.at({std::string(kHeadTable), top_key(kTable, Slot::b)});
}

void swap_pages(Bytes& one, std::size_t i, Bytes& other, std::size_t j) {
  std::swap_ranges(one.begin() + static_cast<std::ptrdiff_t>(2 + i * kPageBytes),
                   one.begin() + static_cast<std::ptrdiff_t>(2 + (i + 1) * kPageBytes),
                   other.begin() + static_cast<std::ptrdiff_t>(2 + j * kPageBytes));
}

}  // namespace

TEST_CASE("untouched rows give every key") {
  Story s;
  CHECK(s.rows.size() == 4);  // head, top, two extents
  CHECK(s.refused(s.rows) == 0);
}

TEST_CASE("a flipped bit anywhere is noticed where it matters, and nowhere gives a wrong key") {
  Story s;
  for (const auto& [name, value] : s.rows) {
    const bool page = name.first == kPageTable;
    for (std::size_t at = 0; at < value.size(); at += page ? 37 : value.size() < 200 ? 1 : 13) {
      Rows bent = s.rows;
      bent[name][at] ^= static_cast<std::uint8_t>(1U << at % 8);
      CAPTURE(name.second, at);
      const int refused = s.refused(bent);
      CHECK(refused > 0);
      if (page && at >= 2) CHECK(refused <= 3);  // its own page, and no other
    }
  }
}

TEST_CASE("rows that are cut, lengthened, empty or missing are corrupt") {
  Story s;
  for (const auto& [name, value] : s.rows) {
    CAPTURE(name.second);
    Rows changed = s.rows;
    changed.erase(name);
    if (name.second != head_key(kTable)) CHECK(s.refused(changed) > 0);
    for (const std::size_t size : {std::size_t{1}, std::size_t{2}, value.size() / 2, value.size() - 1}) {
      changed = s.rows;
      changed[name].resize(size);
      CHECK(s.refused(changed) > 0);
    }
    changed = s.rows;
    changed[name].push_back(0);
    if (name.first != kPageTable) CHECK(s.refused(changed) > 0);
  }
}

TEST_CASE("a page in another page's place is corrupt") {
  Story s;
  for (const std::size_t i : {0U, 3U, 6U}) {
    Rows swapped = s.rows;
    swap_pages(extent(swapped, 0), i, extent(swapped, 0), i + 1);
    CHECK(s.refused(swapped) > 0);
    swapped = s.rows;
    swap_pages(extent(swapped, 0), i, extent(swapped, 1), 0);
    CHECK(s.refused(swapped) > 0);
  }
  Rows swapped = s.rows;
  std::swap(extent(swapped, 0), extent(swapped, 1));
  CHECK(s.refused(swapped) == static_cast<int>(s.keys.size()));
}

TEST_CASE("another table's rows are corrupt, also when both are under the same root") {
  Story s;
  const KeyringId other = KeyringId::parse("others").value();
  const auto neighbour = RecordTable::establish(permit_for(Verb::seal, other), s.w.store, s.w.hsm,
                                                fixed_clock, other, s.w.table->root())
                             .value();
  REQUIRE(neighbour->create(permit_for(Verb::seal, other), kKeys));
  for (const auto& [name, value] : rows_in(s.w.store)) {
    if (!name.second.starts_with("others")) continue;
    Rows mixed = s.rows;
    if (const auto place = extent_place(other, name.second))
      extent(mixed, place->extent) = value;
    else if (name.second == head_key(other))
      mixed[{name.first, head_key(kTable)}] = value;
    else
      top(mixed) = value;
    CAPTURE(name.second);
    CHECK(s.refused(mixed) > 0);
  }
}

TEST_CASE("all rows of another table under the same root do not make this one") {
  Story s;
  const KeyringId other = KeyringId::parse("others").value();
  const auto neighbour = RecordTable::establish(permit_for(Verb::seal, other), s.w.store, s.w.hsm,
                                                fixed_clock, other, s.w.table->root())
                             .value();
  REQUIRE(neighbour->create(permit_for(Verb::seal, other), kKeys));
  Rows renamed;
  for (const auto& [name, value] : rows_in(s.w.store)) {
    if (name.second.starts_with("others"))
      renamed[{name.first, kTable.text() + name.second.substr(other.text().size())}] = value;
  }
  test::FakeStore store;
  fill(store, renamed);
  const auto opened = reopen(store, s.w.hsm);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().kind == ErrorKind::corrupt);
}

namespace {

/// A table that remembers its rows as they were after every change.
struct Moments {
  World w;
  std::vector<Rows> moments;
  std::uint32_t given = 0;
  int tried = 0;

  void create(std::uint32_t count) {
    given = w.create(count) + count - 1;
    moments.push_back(rows_in(w.store));
  }
  /// Puts each row of each earlier moment, alone, among those of today.
  void try_all() {
    std::map<std::uint32_t, Bytes> keys;
    for (std::uint32_t number = 1; number <= given; ++number) {
      if (w.live(number)) keys[number] = key_bytes(*w.table, number);
    }
    const Rows now = rows_in(w.store);
    for (const Rows& then : moments) {
      for (const auto& [name, value] : then) {
        Rows mixed = now;
        place(mixed, name, value);
        if (mixed == now) continue;
        CAPTURE(name.second, tried, given);
        ++tried;
        test::FakeStore store;
        fill(store, mixed);
        const auto table = reopen(store, w.hsm);
        const bool root_gone = !table && table.error().kind == ErrorKind::not_found;
        if (!root_gone) CHECK(look_up(mixed, w.hsm, keys).refused > 0);
      }
    }
  }
  static void place(Rows& rows, const std::pair<std::string, std::string>& name, const Bytes& value) {
    if (const auto at = extent_place(kTable, name.second))
      extent(rows, at->extent) = value;
    else if (name.second == head_key(kTable))
      rows[name] = value;
    else
      top(rows) = value;
  }
};

}  // namespace

TEST_CASE("a single row of an earlier moment is noticed, within one epoch and across epochs") {
  Moments m;
  for (const std::uint32_t count : {10U, 1U, 3U, 40U}) {
    m.create(count);
    m.try_all();
  }
  m.w.take({2});
  m.try_all();
  for (const std::uint32_t count : {3U, 7U, 1U}) {  // fills a page, begins another
    m.create(count);
    m.try_all();
  }
  CHECK(m.tried >= 40);
}

TEST_CASE("a head of an earlier moment is noticed, also where the last page or extent was just full") {
  for (const std::uint32_t full : {32U, 256U, 255U}) {
    for (const bool listed : {false, true}) {
      Moments m;
      m.create(full);
      if (listed) m.w.take({});
      m.create(40);
      m.try_all();
      CHECK(m.tried >= 1);
    }
  }
}

TEST_CASE("a damaged page does not keep other keys from being taken away, and its own stay") {
  Story s;
  extent(s.rows, 1)[2 + 900] ^= 1;
  test::FakeStore store;
  fill(store, s.rows);
  auto table = reopen(store, s.w.hsm).value();
  const std::uint32_t damaged = 8 * 32 + 1;
  CHECK(refusal(*table, damaged) == ErrorKind::corrupt);
  CHECK(table->close(deletion_of({damaged})).error().kind == ErrorKind::corrupt);
  REQUIRE(take_away(*table, store, s.w.hsm, {13}));
  CHECK(refusal(*table, 13) == ErrorKind::not_found);
  CHECK(refusal(*table, damaged) == ErrorKind::corrupt);
  Rows repaired = rows_in(store);
  extent(repaired, 1)[2 + 900] ^= 1;
  test::FakeStore mended;
  fill(mended, repaired);
  CHECK(key_bytes(*reopen(mended, s.w.hsm).value(), damaged).size() == 32);
}

}  // namespace quietus::records
