#include "governance/replay.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/governance/keyring_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

/// Keys, media, an order that is approved by its last signature, a schedule, a suspension.
KeyringStory eventful() {
  KeyringStory s;
  s.open_case();
  s.declare_disk("D");
  s.seal_records("R");
  s.keyring("W", 9);
  s.act(kOlivia, KeyringStory::reserve("W", 4, Verb::open));
  s.act(kOlivia, ReserveUses{id<KeyId>("K-R"), std::nullopt, Verb::open, 7});
  s.act(kOlivia, s.schedule("W", "5-7"));
  s.propose("O1", {"D"});
  s.act(kEli, WithdrawOrder{id<OrderId>("O1"), "wrong window"});
  s.propose("O", {"D", "R"});
  s.sign_fully("O");
  s.erase_disk("O", "D");
  s.shred_key("O", "R");
  s.act(kHouse, Story::certificate("O", "D"));
  s.act(kHouse, Story::certificate("O", "R"));
  s.act(kHouse, EndOrder{id<OrderId>("O")});
  s.act(kOlivia, SuspendPerson{kEli.id, id<CaseId>("C"), "left the company"});
  s.clock.now = s.clock.now + 8 * KeyringStory::kDay;
  s.shred("W");
  return s;
}

}  // namespace

TEST_CASE("a lawful history is decided again, entry by entry, and ends in the same state") {
  const KeyringStory s = eventful();
  const Replay replay = replayed(s.events, s.pack);
  for (const auto& difference : replay.differences)
    UNSCOPED_INFO(difference.index << " " << difference.type << ": " << difference.why);
  CHECK(replay.identical());
  CHECK(replay.events == s.events.size());
  CHECK(replay.decided + replay.asked == replay.events);
  CHECK(replay.decided > 4 * replay.asked);
  CHECK(replay.state == s.state);
}

TEST_CASE("an entry that was not permitted is named, with the reasons, wherever it stands") {
  KeyringStory s;
  s.open_case();
  s.declare_disk("D");
  s.act(kEli, FreezeHolding{id<HoldingId>("D"), "complaint"});
  Event thawed{s.clock.now, kEli, HoldingThawed{id<HoldingId>("D"), "by the one who froze it"}};
  REQUIRE(apply(s.state, thawed));  // the state does not know who may
  s.events.push_back(thawed);
  s.act(kBo, FreezeHolding{id<HoldingId>("D"), "again"});
  const Replay replay = replayed(s.events, s.pack);
  REQUIRE(replay.differences.size() == 1);
  CHECK(replay.differences[0].index == 3);
  CHECK(replay.differences[0].type == "holding.thawed");
  REQUIRE_FALSE(replay.differences[0].reasons.empty());
  CHECK(replay.differences[0].reasons[0].rule == "thaw_other");
  CHECK(replay.events == s.events.size());
}

TEST_CASE("each entry dropped, doubled or done by somebody else is noticed") {
  const KeyringStory s = eventful();
  std::size_t unnoticed = 0;
  for (std::size_t i = 0; i < s.events.size(); ++i) {
    auto dropped = s.events;
    dropped.erase(dropped.begin() + static_cast<std::ptrdiff_t>(i));
    const Replay without = replayed(dropped, s.pack);
    // What nothing later rests on can be missing without a trace in the fold; the tree of leaves knows.
    if (without.identical() && without.state == s.state) ++unnoticed;
    auto by_another = s.events;
    by_another[i].actor = kStranger;
    INFO(i << " " << event_type(s.events[i]));
    CHECK_FALSE(replayed(by_another, s.pack).identical());
  }
  CHECK(unnoticed == 0);
}

TEST_CASE("under another pack the replay says what would have been denied") {
  const KeyringStory s = eventful();
  Pack strict = s.pack;
  strict.waiting_period_hours = 24 * 300;
  const Replay replay = replayed(s.events, strict);
  REQUIRE(replay.differences.size() == 1);
  CHECK(replay.differences[0].type == "keys.destruction_scheduled");
  CHECK(replay.differences[0].reasons[0].rule == "waiting_period");
}

TEST_CASE("a ledger that ends within a decision is not identical") {
  const KeyringStory s = eventful();
  const auto approved = std::ranges::find_if(
      s.events, [](const Event& e) { return std::holds_alternative<OrderApproved>(e.body); });
  REQUIRE(approved != s.events.end());
  CHECK_FALSE(replayed({s.events.begin(), approved}, s.pack).identical());
}
