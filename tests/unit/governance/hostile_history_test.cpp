// Histories that no house ever decided: a replay names what is wrong with them, and comes to its end.
#include <catch2/catch.hpp>

#include <cstdlib>
#include <random>

#include "governance/replay.hpp"
#include "tests/unit/governance/replay_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

/// A text, number or truth somewhere inside becomes another one from somewhere else in the history.
void collect(Json& value, std::vector<Json*>& found) {
  if (auto* object = value.object()) {
    for (auto& [name, member] : *object) collect(member, found);
  } else if (auto* array = value.array()) {
    for (auto& member : *array) collect(member, found);
  } else {
    found.push_back(&value);
  }
}

class Liar {
 public:
  Liar(std::vector<Event> events, std::uint64_t seed) : events_(std::move(events)), random_(seed) {
    for (const auto& event : events_) {
      Json json = event_to_json(event);
      std::vector<Json*> found;
      collect(json, found);
      for (const Json* one : found) words_.push_back(*one);
    }
  }

  void lie() {
    const std::size_t at = pick(events_.size());
    const auto here = events_.begin() + static_cast<std::ptrdiff_t>(at);
    switch (pick(6)) {
      case 0:
        events_.erase(here);
        return;
      case 1:
        events_.insert(here, events_[pick(events_.size())]);
        return;
      case 2:
        std::swap(events_[at], events_[pick(events_.size())]);
        return;
      default:
        change(events_[at]);
    }
  }

  [[nodiscard]] const std::vector<Event>& events() const { return events_; }

 private:
  std::size_t pick(std::size_t below) {
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_);
  }

  void change(Event& event) {
    Json json = event_to_json(event);
    std::vector<Json*> found;
    collect(json, found);
    for (int tries = 0; tries < 50; ++tries) {
      Json* place = found[pick(found.size())];
      const Json was = *place;
      *place = words_[pick(words_.size())];
      if (const auto read = event_from_json(json); read && *read != event) {
        event = *read;
        return;
      }
      *place = was;
    }
  }

  std::vector<Event> events_;
  std::mt19937_64 random_;
  std::vector<Json> words_;
};

}  // namespace

TEST_CASE("a history full of lies is replayed to its end, or to the first entry that does not follow") {
  const std::vector<Event> stories[] = {every_kind().events, under_statutes().events};
  const std::uint64_t rounds = std::getenv("QUIETUS_LONG") != nullptr ? 20'000 : 300;
  std::uint64_t identical = 0;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    Liar liar(stories[round % 2], round);
    for (std::uint64_t lies = 0; lies <= round % 12; ++lies) liar.lie();
    Replayer replayer(both_packs());
    INFO("round " << round);
    for (const auto& event : liar.events()) replayer.add(event);
    const Replay replay = replayer.finish();
    REQUIRE(replay.events <= liar.events().size());
    identical += replay.identical() ? 1 : 0;
  }
  CHECK(identical < rounds / 10);
}
