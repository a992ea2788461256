#include "quietus/key_ranges.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <set>

#include "base/crypto.hpp"

using namespace quietus;

namespace {

KeyRanges ranges(const std::string& text) { return KeyRanges::parse(text).value(); }

/// The same set by the simplest means there are.
using Plain = std::set<std::uint32_t>;

Plain plain(const KeyRanges& set) {
  Plain numbers;
  for (const KeyNumber number : set.numbers()) numbers.insert(number.value);
  return numbers;
}

KeyRanges some(std::mt19937& dice, int members) {
  std::vector<KeyNumber> numbers;
  for (int i = 0; i < members; ++i) numbers.push_back({1 + static_cast<std::uint32_t>(dice() % 200)});
  return KeyRanges::of(numbers).value();
}

}  // namespace

TEST_CASE("a set of numbers has one text, and no other text is read") {
  for (const std::string good : {"", "1", "1-2", "1-3,5,7-1048576", "1048576"})
    CHECK(ranges(good).text() == good);
  for (const std::string bad :
       {"0",  "01",   "1-1", "2-1", "1,2",     "1-3,4", "3,1",       "1,1",        "1-", "-1",  "1,",
        ",1", "1,,3", " 1",  "1 ",  "1048577", "+1",    "1-1048577", "4294967297", "a",  "1--3"}) {
    INFO(bad);
    CHECK_FALSE(KeyRanges::parse(bad));
  }
  CHECK(ranges("1-3,7").digest() == sha256("1-3,7"));
  CHECK(ranges("1-3,7").count() == 4);
}

TEST_CASE("a text of too many ranges is refused, whatever they are") {
  std::vector<KeyNumber> numbers;
  for (std::uint32_t i = 0; i <= KeyRanges::kMaxTextRanges; ++i) numbers.push_back({1 + 2 * i});
  CHECK_FALSE(KeyRanges::parse(KeyRanges::of(numbers)->text()));
  numbers.pop_back();
  CHECK(KeyRanges::parse(KeyRanges::of(numbers)->text()));
}

TEST_CASE("numbers come in any order and as often as they like, but not from outside") {
  CHECK(KeyRanges::of({{3}, {1}, {2}, {3}, {9}})->text() == "1-3,9");
  CHECK_FALSE(KeyRanges::of({{0}}));
  CHECK_FALSE(KeyRanges::of({{kMaxKeyNumber + 1}}));
  CHECK(KeyRanges(KeyRange{1, 0}).empty());
}

TEST_CASE("sets of ranges do what sets of numbers do") {
  std::mt19937 dice(20260101);
  for (int round = 0; round < 3000; ++round) {
    const KeyRanges a = some(dice, 1 + static_cast<int>(dice() % 120));
    const KeyRanges b = some(dice, static_cast<int>(dice() % (round % 2 == 0 ? 6 : 120)));
    const Plain pa = plain(a), pb = plain(b);
    Plain both = pa, left = pa, common;
    both.insert(pb.begin(), pb.end());
    for (const auto number : pb) left.erase(number);
    for (const auto number : pb)
      if (pa.contains(number)) common.insert(number);
    for (const auto& [set, expected] :
         {std::pair{a | b, both}, std::pair{a - b, left}, std::pair{a & b, common}}) {
      REQUIRE(plain(set) == expected);
      REQUIRE(set.count() == expected.size());
      REQUIRE(KeyRanges::parse(set.text()) == set);  // also: it is in its one form
    }
    REQUIRE(a.contains(b) == (common.size() == pb.size()));
    REQUIRE(a.intersects(b) == !common.empty());
    for (std::uint32_t number = 0; number <= 201; ++number)
      REQUIRE(a.contains(KeyNumber{number}) == pa.contains(number));
  }
}

TEST_CASE("a key's text names its keyring and its number, and nothing else does") {
  const KeyringId ring = *KeyringId::parse("ring.a");
  CHECK(key_text(ring, {7}) == "ring.a.7");
  CHECK(key_number_of(ring, "ring.a.7") == KeyNumber{7});
  for (const std::string other : {"ring.a", "ring.a.", "ring.a.07", "ring.a.0", "ring.a.7.8", "ring.b.7",
                                  "ring.a7", "ring.a.1048577", "ring.a.7 ", ""}) {
    INFO(other);
    CHECK_FALSE(key_number_of(ring, other));
  }
}
