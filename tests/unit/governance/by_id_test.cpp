#include "governance/by_id.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "quietus/ids.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

using Numbers = ById<HoldingId, int>;

HoldingId name(int number) { return HoldingId::parse("H-" + std::to_string(number)).value(); }

Numbers numbers(int count) {
  Numbers made;
  for (int i = 0; i < count; ++i) made[name((i * 617) % count)] = (i * 617) % count;
  return made;
}

void check_all(const Numbers& all, int count) {
  REQUIRE(all.size() == static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    REQUIRE(all.contains(name(i)));
    REQUIRE(all.find(name(i))->second == i);
    REQUIRE(all.at(name(i)) == i);
  }
  CHECK_FALSE(all.contains(name(count)));
  CHECK(all.find(name(count + 7)) == all.end());
  CHECK(std::ranges::is_sorted(all, {}, [](const auto& entry) { return entry.first; }));
}

}  // namespace

TEST_CASE("what was entered is found by its id, however many there are, and walked through in order") {
  for (const int count : {0, 1, 2, 7, 8, 9, 1000}) check_all(numbers(count), count);
}

TEST_CASE("a copy finds its own values, and what was moved is found where it went") {
  Numbers first = numbers(100);
  Numbers copy = first;
  copy[name(5)] = -5;
  copy[name(100)] = 100;
  check_all(first, 100);
  CHECK(copy.at(name(5)) == -5);
  CHECK_FALSE(copy == first);
  copy = first;
  CHECK(copy == first);
  check_all(copy, 100);
  Numbers moved = std::move(copy);
  check_all(moved, 100);
  copy = numbers(3);
  check_all(copy, 3);
  moved = numbers(2);
  check_all(moved, 2);
  first = Numbers();
  check_all(first, 0);
  first[name(0)] = 0;
  check_all(first, 1);
}
