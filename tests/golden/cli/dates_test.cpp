// Times as people write them on the command line.
#include <catch2/catch.hpp>

#include "cli/terminal/dates.hpp"

using namespace quietus;
using namespace quietus::cli;

TEST_CASE("a day begins at midnight in UTC, and a time is itself") {
  CHECK(time_text("2027-06-30").value() == "2027-06-30T00:00:00.000Z");
  CHECK(time_text("2027-06-30T08:00:00.000Z").value() == "2027-06-30T08:00:00.000Z");
  CHECK(time_from("1970-01-02").value() == UnixMs{86'400'000});
}

TEST_CASE("what is no day of the calendar is refused, and how to write one is said") {
  for (const char* text :
       {"", "2027-02-30", "2027-13-01", "30.06.2027", "tomorrow", "2027-06-30 ", "2027-06-3"}) {
    INFO(text);
    const auto time = time_from(text);
    REQUIRE_FALSE(time);
    CHECK(time.error().kind == ErrorKind::invalid_input);
    CHECK_FALSE(time.error().next_step.empty());
  }
}

TEST_CASE("tables show the day of a time, and nothing of nothing") {
  CHECK(day_of("2027-06-30T08:00:00.000Z") == "2027-06-30");
  CHECK(day_of("").empty());
}
