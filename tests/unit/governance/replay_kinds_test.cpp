// Every kind of entry, decided, written, read and decided again.
#include <catch2/catch.hpp>

#include "governance/replay.hpp"
#include "tests/unit/governance/replay_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

/// As an auditor has them.
std::vector<Event> read_back(const std::vector<Event>& events) {
  std::vector<Event> read;
  for (const auto& event : events) {
    const auto json = Json::parse_canonical(event_to_json(event).write());
    REQUIRE(json);
    read.push_back(event_from_json(*json).value());
  }
  return read;
}

Replay replayed(const std::vector<Event>& events, const Packs& packs) {
  Replayer replayer(packs);
  for (const auto& event : events) replayer.add(event);
  return replayer.finish();
}

void check_identical(const LawfulStory& s) {
  const Replay replay = replayed(read_back(s.events), both_packs());
  std::string all;
  for (const auto& difference : replay.differences)
    all += std::to_string(difference.index) + " " + difference.type + ": " + difference.why + "\n";
  INFO(all);
  CHECK(replay.identical());
  CHECK(replay.events == s.events.size());
  CHECK(replay.decided + replay.asked == replay.events);
  CHECK(replay.state == s.state);
}

}  // namespace

TEST_CASE("every kind of entry is decided again alike, signatures, epochs, broken glass and adopted rules") {
  const LawfulStory s = every_kind();
  std::set<std::size_t> kinds;
  for (const auto& event : s.events) kinds.insert(event.body.index());
  CHECK(kinds.size() == std::variant_size_v<EventBody>);
  check_identical(s);
}

TEST_CASE("a case under statutes is decided again alike: a disk, a key and the case itself end") {
  check_identical(under_statutes());
}
