#include "governance/rules/calendar.hpp"

#include "base/encoding.hpp"
#include "tests/unit/governance_rules/small_pack.hpp"

namespace quietus::rules::test {
namespace {

const TimeZone kShanghai = TimeZone::fixed("Asia/Shanghai", 480);

/// Central Europe in 2027: summer time from 28 March to 31 October, both at 01:00 UTC.
TimeZone central_europe() {
  return TimeZone::with_changes("Europe/Berlin", 60,
                                {{*from_rfc3339("2027-03-28T01:00:00.000Z"), 120},
                                 {*from_rfc3339("2027-10-31T01:00:00.000Z"), 60}})
      .value();
}
std::string plus(const std::string& date, const std::string& duration, const TimeZone& zone = kShanghai) {
  return to_string(zone.date(add(zone.midnight(*parse_date(date)), *parse_duration(duration), zone)));
}

TEST_CASE("days and dates are the same thing, over four centuries and beyond 1970") {
  for (std::int64_t day = days_of({1900, 1, 1}); day <= days_of({2400, 1, 1}); ++day) {
    if (days_of(date_of(day)) != day) FAIL(day);
  }
  CHECK(days_of({1970, 1, 1}) == 0);
  CHECK(days_of({2000, 3, 1}) == 11017);
  CHECK(to_string(date_of(-1)) == "1969-12-31");
}

TEST_CASE("dates that do not exist are refused") {
  for (const char* text : {"2027-02-29", "2100-02-29", "2027-00-01", "2027-13-01", "2027-04-31", "2027-1-1",
                           "1899-12-31", "2027-01-0x", "20270101"}) {
    CHECK_FALSE(parse_date(text));
  }
  CHECK(parse_date("2028-02-29"));
  CHECK(parse_date("2000-02-29"));
}

TEST_CASE("a leap day plus a year is 28 February, plus four years a leap day again") {
  CHECK(plus("2024-02-29", "1y") == "2025-02-28");
  CHECK(plus("2024-02-29", "4y") == "2028-02-29");
  CHECK(plus("2024-02-29", "10y") == "2034-02-28");
  CHECK(plus("2023-02-28", "1y") == "2024-02-28");
  CHECK(plus("2023-02-28", "365d") == "2024-02-28");
  CHECK(plus("2024-02-28", "365d") == "2025-02-27");
}

TEST_CASE("months end where they end") {
  CHECK(plus("2027-01-31", "1mo") == "2027-02-28");
  CHECK(plus("2028-01-31", "1mo") == "2028-02-29");
  CHECK(plus("2027-08-31", "6mo") == "2028-02-29");
  CHECK(plus("2027-03-31", "1mo1d") == "2027-05-01");
  CHECK(plus("2027-12-31", "1y2mo") == "2029-02-28");
}

TEST_CASE("a day across the change to summer time is a day on the wall clock, an hour is an hour") {
  const TimeZone zone = central_europe();
  const UnixMs eve = zone.midnight({2027, 3, 27});
  CHECK(zone.date(add(eve, {0, 2, 0}, zone)) == Date{2027, 3, 29});
  CHECK(add(eve, {0, 2, 0}, zone) - eve == 47 * 3'600'000);
  CHECK(add(eve, {0, 0, 48}, zone) - eve == 48 * 3'600'000);
}

TEST_CASE("a wall time that is skipped is the instant of the skip, one that occurs twice its first") {
  const TimeZone zone = central_europe();
  const std::int64_t hour = 3'600'000, spring = days_of({2027, 3, 28}) * 24 * hour,
                     autumn = days_of({2027, 10, 31}) * 24 * hour;
  CHECK(rfc3339(zone.instant(spring + 2 * hour + hour / 2)) == "2027-03-28T01:00:00.000Z");
  CHECK(rfc3339(zone.instant(spring + 3 * hour)) == "2027-03-28T01:00:00.000Z");
  CHECK(rfc3339(zone.instant(autumn + 2 * hour + hour / 2)) == "2027-10-31T00:30:00.000Z");
  CHECK(rfc3339(zone.instant(autumn + 3 * hour)) == "2027-10-31T02:00:00.000Z");
}

TEST_CASE("a pack takes effect at midnight where it applies, also when the zone changes at that midnight") {
  CHECK(rfc3339(small().effective_at()) == "2026-12-31T16:00:00.000Z");
  // From +8 to +9 at the very midnight: the day begins at the change, one hour of it never is.
  const auto forward =
      TimeZone::with_changes("forward", 480, {{*from_rfc3339("2026-12-31T16:00:00.000Z"), 540}}).value();
  CHECK(rfc3339(forward.midnight({2027, 1, 1})) == "2026-12-31T16:00:00.000Z");
  // Back from +8 to +7: 23:00 to 24:00 of the day before comes twice, and midnight at the end of the second.
  const auto back =
      TimeZone::with_changes("back", 480, {{*from_rfc3339("2026-12-31T16:00:00.000Z"), 420}}).value();
  CHECK(rfc3339(back.midnight({2027, 1, 1})) == "2026-12-31T17:00:00.000Z");
  CHECK(back.date(*from_rfc3339("2026-12-31T16:59:59.999Z")) == Date{2026, 12, 31});
}

TEST_CASE("the same date is another instant in another case's zone") {
  const auto expression = parse("now >= 2027-01-01").value();
  const auto at = [&](const TimeZone& zone, const char* date) {
    return expression.truth(
        AtomFacts::read(atoms(std::string("{\"now\":\"") + date + "\"}"), small().vocabulary(), {}, zone)
            .value());
  };
  CHECK(at(kShanghai, "2027-01-01") == Truth::yes);
  CHECK(at(kShanghai, "2026-12-31") == Truth::no);
  CHECK(at(TimeZone::fixed("west", -600), "2027-01-01") == Truth::yes);
}

TEST_CASE("what depends on the day one begins with is not decided") {
  const auto order = [](const char* a, const char* b) {
    return compare(*parse_duration(a), *parse_duration(b));
  };
  CHECK(order("184d", "6mo") == Ordering{false, true, true});
  CHECK(order("185d", "6mo") == Ordering{false, false, true});
  CHECK(order("182d", "6mo") == Ordering{true, true, true});
  CHECK(order("180d", "6mo") == Ordering{true, false, false});
  CHECK(order("12mo", "1y") == Ordering{false, true, false});
  CHECK(order("48h", "2d") == Ordering{false, true, false});
  CHECK(order("365d", "1y") == Ordering{true, true, false});
  CHECK(truth("config.log_keep >= 6mo", R"w({"config.log_keep":"184d"})w") == Truth::yes);
  CHECK(truth("config.log_keep >= 6mo", R"w({"config.log_keep":"182d"})w") == Truth::unknown);
  CHECK(truth("config.log_keep >= 6mo", R"w({"config.log_keep":"180d"})w") == Truth::no);
}

TEST_CASE("an age is compared by the calendar from its own beginning") {
  CHECK(truth("age(pipia,p) <= 1y", R"w({"now":"2025-02-28","age(pipia,p)":"2024-02-29"})w") == Truth::yes);
  CHECK(truth("age(pipia,p) <= 1y", R"w({"now":"2025-03-01","age(pipia,p)":"2024-02-29"
})w") == Truth::no);
  CHECK(truth("age(pipia,p) <= 365d", R"w({"now":"2025-02-28","age(pipia,p)":"2024-02-28"
})w") == Truth::no);
  CHECK(truth("age(pipia,p) <= 1y", R"w({"age(pipia,p)":"2024-02-28"
})w") == Truth::unknown);
}

TEST_CASE("durations have one form") {
  for (const char* text : {"", "y", "10", "10x", "1d1y", "1y1y", "1000000d", "1 y", "-1d", "1h1"})
    CHECK_FALSE(parse_duration(text));
  CHECK(to_string(*parse_duration("1y6mo30d12h")) == "1y6mo30d12h");
  CHECK(to_string(*parse_duration("24mo")) == "2y");
  CHECK(to_string(Duration{}) == "0d");
}

TEST_CASE("a zone with changes out of order or beyond reason is refused") {
  CHECK_FALSE(TimeZone::with_changes("x", 0, {{{2}, 60}, {{1}, 0}}));
  CHECK_FALSE(TimeZone::with_changes("x", 0, {{{1}, 2000}}));
}

}  // namespace
}  // namespace quietus::rules::test
