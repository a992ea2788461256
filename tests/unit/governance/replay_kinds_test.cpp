// Every kind of entry, decided, written, read and decided again.
#include <catch2/catch.hpp>

#include <functional>

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
  for (const LawfulStory& story : {s, under_statutes()})
    for (const auto& event : story.events) kinds.insert(event.body.index());
  CHECK(kinds.size() == std::variant_size_v<EventBody>);
  check_identical(s);
}

TEST_CASE("a case under statutes is decided again alike: a disk, a key and the case itself end") {
  check_identical(under_statutes());
}

TEST_CASE(
    "without the rules that a case was decided by, or with others of their name, nothing is identical") {
  for (const LawfulStory& s : {every_kind(), under_statutes()}) {
    const Replay without = replayed(s.events, Packs());
    REQUIRE_FALSE(without.identical());
    CHECK(without.differences.front().why.find("rule pack cn-smallloan@1 (sha256:") == 0);
    Packs changed;
    REQUIRE(changed.add(statutes(1, "\"10y\"", "\"9y\"")));
    const Replay other = replayed(s.events, changed);
    REQUIRE_FALSE(other.identical());
    CHECK(other.differences.front().why.find("is not at hand") != std::string::npos);
  }
}

TEST_CASE("the finding that broken glass opens follows at once, about what was broken") {
  const LawfulStory s = every_kind();
  const auto broken = std::ranges::find_if(
      s.events, [](const Event& e) { return std::holds_alternative<GlassBroken>(e.body); });
  const auto at = broken - s.events.begin();
  for (const auto& change : std::vector<std::function<void(std::vector<Event>&)>>{
           [&](auto& events) { events.erase(events.begin() + at + 1); },
           [&](auto& events) { std::swap(events[at + 1], events[at + 2]); },
           [&](auto& events) { std::get<FindingOpened>(events[at + 1].body).owner = kBo.id; },
           [&](auto& events) { std::get<FindingOpened>(events[at + 1].body).level = FindingLevel::low; },
           [&](auto& events) {
             std::get<FindingOpened>(events[at + 1].body).finding = id<FindingId>("F");
           }}) {
    auto events = s.events;
    change(events);
    CHECK_FALSE(replayed(events, both_packs()).identical());
  }
}

TEST_CASE(
    "what stands between two entries of one decision is noticed, in the ledger and not only in the case") {
  const LawfulStory s = every_kind();
  Replayer replayer(both_packs());
  std::uint64_t gaps = 0;
  for (std::size_t i = 0; i < s.events.size(); ++i) {
    if (std::holds_alternative<OrderApproved>(s.events[i].body)) ++gaps;
    replayer.at(i + gaps);
    replayer.add(s.events[i]);
  }
  const Replay replay = replayer.finish();
  REQUIRE(replay.differences.size() == gaps);
  CHECK(replay.differences.front().type == "order.signed");
}
