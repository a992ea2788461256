// Random histories of keyrings: every key stands in exactly one place, none comes back, and none is gone
// without a cause.
#include <rapidcheck.h>

#include <array>
#include <catch2/catch.hpp>
#include <map>
#include <tuple>

#include "tests/unit/governance/keyring_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

using KeyringMove = std::tuple<int, int, int, int>;  // card, who, from which number, luck

const std::vector<Person> kKeyringPeople = {kOlivia, kOlivia, kOlivia, kBo, kEli, kStranger};
const std::vector<std::string> kRings = {"W", "R"};

class KeyringPlayer {
 public:
  KeyringStory story;
  std::vector<OrderId> orders;

  KeyringPlayer() {
    story.pack.waiting_period_hours = 0;  // the minutes of the story are the days of the house
    story.open_case();
    story.keyring("W", 8, KeyClass::wrapped);
    story.keyring("R", 40, KeyClass::record);
  }

  Command command(const KeyringMove& move) {
    const auto [card, who, from, luck] = move;
    const Person& person = kKeyringPeople[static_cast<std::size_t>(who)];
    const std::string& name = kRings[static_cast<std::size_t>(from) % kRings.size()];
    const KeyringId ring = KeyringStory::ring_id(name);
    const KeyRanges numbers = some(from, luck);
    const auto change = [&](KeyChange how) { return Command{person, ChangeKeys{ring, numbers, how, "why"}}; };
    switch (card) {
      case 0:
        return {person, KeyringStory::add(name, static_cast<std::uint32_t>(luck) * 3)};
      case 1:
        return change(luck % 2 == 0 ? KeyChange::suspend : KeyChange::resume);
      case 2:
        return change(luck == 0 ? KeyChange::compromise : KeyChange::deactivate);
      case 3:
      case 4: {
        ScheduleDestruction command{ring, numbers, story.clock.now + luck * 20'000, "why"};
        return {person, command};
      }
      case 5:
        return {person, CancelDestruction{ring, luck < 4 ? numbers : waiting(name), "why"}};
      case 6:
        return {person, KeyringStory::reserve(name, luck == 0 ? std::nullopt : std::optional(one(name, luck)),
                                              luck % 2 == 0 ? Verb::seal : Verb::open)};
      case 7:
        return {person, RotateKeys{ring, numbers}};
      case 8:
        return luck < 3 ? Command{kEli, FreezeHolding{id<HoldingId>(name), "why"}}
                        : Command{kBo, ThawHolding{id<HoldingId>(name), "why"}};
      case 9:
        order_some(name, luck == 7 ? KeyRanges() : numbers);
        return {kHouse, KeyringStory::begin(name, live_order(name))};
      case 10:
        return {kHouse, KeyringStory::begin(name)};
      case 11:
        return {kHouse, KeyringStory::begin(name, live_order(name))};
      case 12:
        return {kHouse, KeyringStory::begin_act(name, luck == 0 ? Target::gone : Target::there)};
      case 13: {
        auto command = story.shredded(name);
        if (luck == 0) command.shown.deleted_opens = true;
        return {kHouse, command};
      }
      case 14:
        if (luck < 6) return {kHouse, Story::certificate(live_order(name), name)};
        return {kHouse, FailShredding{ring, "why"}};
      default:
        return {kHouse, EndOrder{id<OrderId>(live_order(name))}};
    }
  }

 private:
  static KeyRanges some(int from, int luck) {
    const auto first = 1 + static_cast<std::uint32_t>(from);
    return KeyRanges(KeyRange{first, first + static_cast<std::uint32_t>(luck)}) |
           KeyRanges(KeyRange{first + 10, first + 10});
  }
  [[nodiscard]] KeyRanges waiting(const std::string& name) const {
    return story.ring(name).in(KeyState::destroy_scheduled);
  }
  [[nodiscard]] std::uint32_t one(const std::string& name, int luck) const {
    const KeyRanges scheduled = waiting(name);
    return luck < 4 || scheduled.empty() ? 1U + static_cast<std::uint32_t>(luck) * 5U
                                         : scheduled.ranges().front().first;
  }
  [[nodiscard]] std::string live_order(const std::string& name) const {
    const auto* record = story.state.live_order(id<HoldingId>(name));
    return record == nullptr ? "none" : record->order.id.text();
  }
  void order_some(const std::string& name, const KeyRanges& numbers) {
    const std::string order = "O" + std::to_string(orders.size());
    auto command = story.proposal(order, {name});
    if (!numbers.empty()) command.keys[id<HoldingId>(name)] = numbers;
    if (!story.act(kOlivia, command).permitted) return;
    orders.push_back(id<OrderId>(order));
    story.sign_fully(order);
  }
};

/// One key's life once more, from the events alone.
struct Life {
  std::optional<UnixMs> due;
  bool begun = false;
};

bool had_cause(const std::vector<Event>& history, const Keyring& ring, KeyNumber number) {
  Life life;
  for (const auto& event : history) {
    if (const auto* e = std::get_if<DestructionScheduled>(&event.body);
        e && e->keyring == ring.id && e->numbers.contains(number))
      life.due = e->due;
    if (const auto* e = std::get_if<DestructionCancelled>(&event.body);
        e && e->keyring == ring.id && e->numbers.contains(number))
      life.due.reset();
    if (const auto* e = std::get_if<governance::KeyringShredding>(&event.body); e && e->keyring == ring.id) {
      if (!e->order && life.due && *life.due <= event.at) life.begun = true;
      if (e->order) {
        for (const auto& other : history) {
          const auto* proposed = std::get_if<OrderProposed>(&other.body);
          if (proposed == nullptr || proposed->order.id != *e->order) continue;
          const auto& line = proposed->order.lines.front();
          if (!line.keys || line.keys->contains(number)) life.begun = true;
        }
      }
    }
  }
  return life.begun;
}

bool gone(KeyState state) { return state == KeyState::destroyed || state == KeyState::destroyed_compromised; }

bool forward(KeyState from, KeyState to) {
  using S = KeyState;
  if (from == to) return true;
  switch (from) {
    case S::destroying:
      return gone(to) || to == S::destroy_failed;
    case S::destroy_failed:
      return to == S::destroying;
    case S::destroyed:
      return to == S::destroyed_compromised;
    case S::destroyed_compromised:
      return false;
    case S::compromised:
      return to == S::destroy_scheduled || to == S::destroying;
    case S::destroy_scheduled:
      return !gone(to) && to != S::destroy_failed && to != S::pre_active;
    default:
      return !gone(to) && to != S::destroy_failed && to != S::pre_active;
  }
}

struct KeyringReached {
  int destroyed = 0, by_order = 0, failed = 0, cancelled = 0, late = 0, whole = 0, certified = 0;
};

void check_keyring(const Keyring& ring) {
  KeyRanges all;
  std::uint64_t count = 0;
  for (const auto& [state, members] : ring.states) {
    RC_ASSERT(!members.empty());
    count += members.count();
    all |= members;
  }
  RC_ASSERT(all == ring.given_out());
  RC_ASSERT(count == all.count());
  KeyRanges waiting;
  for (const auto& [when, members] : ring.scheduled) waiting |= members;
  RC_ASSERT(waiting == ring.in(KeyState::destroy_scheduled));
  KeyRanges caused;
  for (const auto& [index, cause] : ring.causes) {
    RC_ASSERT(!caused.intersects(cause.numbers));
    caused |= cause.numbers;
  }
  KeyRanges need = ring.in(KeyState::destroy_scheduled) | ring.in(KeyState::destroy_failed);
  if (ring.shredding && !ring.shredding->order) need |= ring.shredding->numbers;
  if (ring.epoch > 0) RC_ASSERT(caused == need);
  RC_ASSERT((ring.in(KeyState::destroying).empty() || ring.shredding.has_value()));
  if (ring.shredding) RC_ASSERT(ring.shredding->numbers == ring.in(KeyState::destroying));
}

void play(const KeyringMove& move, KeyringPlayer& player, KeyringReached& reached) {
  KeyringStory& story = player.story;
  const Command command = player.command(move);
  const State before = story.state;
  const Decision decision = decide(before, story.pack, command, story.clock);
  RC_ASSERT(decision.permitted == !decision.events.empty());
  RC_ASSERT(decision.permitted == decision.reasons.empty());
  if (decision.grant) RC_ASSERT(decision.grant->valid_until > story.clock.now);
  for (const auto& event : decision.events) {
    RC_ASSERT(apply(story.state, event).has_value());
    story.events.push_back(event);
    reached.failed += std::holds_alternative<KeyringShreddingFailed>(event.body) ? 1 : 0;
    reached.cancelled += std::holds_alternative<DestructionCancelled>(event.body) ? 1 : 0;
    reached.certified += std::holds_alternative<CertificateIssued>(event.body) ? 1 : 0;
    reached.by_order += std::holds_alternative<HoldingDestroyed>(event.body) ? 1 : 0;
    if (const auto* e = std::get_if<KeyringShredded>(&event.body)) reached.whole += e->to_epoch == 0 ? 1 : 0;
    if (const auto* e = std::get_if<KeyUsesReserved>(&event.body)) reached.late += e->scheduled ? 1 : 0;
  }
  for (const auto& [id, ring] : story.state.keyrings) {
    check_keyring(ring);
    const Keyring& was = *before.find(id);
    for (const KeyNumber number : was.given_out().numbers()) {
      RC_ASSERT(forward(*was.state_of(number), *ring.state_of(number)));
      if (gone(*ring.state_of(number)) && !gone(*was.state_of(number))) {
        ++reached.destroyed;
        RC_ASSERT(had_cause(story.events, ring, number));
      }
    }
  }
  story.clock.now = story.clock.now + 1000 + std::get<3>(move) * 5000;
}

}  // namespace

TEST_CASE("no history destroys a key without a cause, revives one, or loses one from the count") {
  KeyringReached reached;
  const bool held = rc::check("random histories of keyrings", [&] {
    const auto drawn = rc::gen::tuple(rc::gen::inRange(0, 16), rc::gen::inRange(0, 6),
                                      rc::gen::inRange(0, 30), rc::gen::inRange(0, 8));
    const auto moves = *rc::gen::resize(
        rc::kNominalSize, rc::gen::container<std::vector<KeyringMove>>(std::size_t{150}, drawn));
    KeyringPlayer player;
    for (const auto& move : moves) play(move, player, reached);
    RC_ASSERT(folded_from_json(player.story.events) == player.story.state);
  });
  CHECK(held);
  INFO("destroyed " << reached.destroyed << ", lines " << reached.by_order << ", failed " << reached.failed
                    << ", cancelled " << reached.cancelled << ", late uses " << reached.late << ", whole "
                    << reached.whole << ", certified " << reached.certified);
  CHECK(reached.destroyed > 50);
  CHECK(reached.by_order > 5);
  CHECK(reached.failed > 5);
  CHECK(reached.cancelled > 5);
  CHECK(reached.late > 0);
  CHECK(reached.whole > 0);
  CHECK(reached.certified > 2);
}
