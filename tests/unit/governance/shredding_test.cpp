#include <catch2/catch.hpp>
#include <functional>

#include "tests/unit/governance/keyring_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

KeyringStory with_ring(std::uint32_t count = 10) {
  KeyringStory story;
  story.open_case();
  story.keyring("R", count);
  return story;
}

LineState line_of(const KeyringStory& s) { return s.state.find(kO)->line(kR)->state; }

}  // namespace

TEST_CASE("scheduled keys end by one person's word after the waiting period, the others live on") {
  KeyringStory s = with_ring();
  s.act(kOlivia, s.schedule("R", "2-4"));
  CHECK(names(s.ask(kHouse, KeyringStory::begin("R")), RuleId::due));
  s.clock.now = s.clock.now + 8 * KeyringStory::kDay;
  const auto intent = s.act(kHouse, KeyringStory::begin("R"));
  REQUIRE(intent.grant);
  CHECK(intent.grant->verb == Verb::destroy);
  CHECK(intent.grant->subject == "ring-R");
  const auto& event = std::get<governance::KeyringShredding>(intent.events.front().body);
  CHECK(event.count == 3);
  CHECK(event.numbers == keys("2-4").digest());
  CHECK(s.in("R", KeyState::destroying) == "2-4");
  CHECK(names(s.ask(kOlivia, KeyringStory::reserve("R", 3, Verb::open)), RuleId::key_state));
  CHECK(s.act(kHouse, KeyringStory::begin_act("R")).grant->verb == Verb::destroy);
  CHECK(s.act(kHouse, s.shredded("R")).permitted);
  CHECK(s.in("R", KeyState::destroyed) == "2-4");
  CHECK(s.in("R", KeyState::active) == "1,5-10");
  CHECK(s.ring("R").epoch == 2);
  CHECK(s.ring("R").scheduled.empty());
  CHECK(s.holding_state("R") == HoldingState::declared);
  CHECK(s.ask(kOlivia, KeyringStory::reserve("R", 1, Verb::seal)).permitted);
  CHECK(names(s.ask(kOlivia, s.schedule("R", "4-5")), RuleId::key_state));
}

TEST_CASE("what comes due while an epoch is under way waits for the next one") {
  KeyringStory s = with_ring();
  s.act(kOlivia, s.schedule("R", "1"));
  s.clock.now = s.clock.now + 3 * KeyringStory::kDay;
  s.act(kOlivia, s.schedule("R", "2"));
  s.clock.now = s.clock.now + 5 * KeyringStory::kDay;
  s.act(kHouse, KeyringStory::begin("R"));
  s.clock.now = s.clock.now + 5 * KeyringStory::kDay;
  const auto again = s.act(kHouse, KeyringStory::begin("R"));  // after a crash, say
  CHECK(std::get<governance::KeyringShredding>(again.events.front().body).numbers == keys("1").digest());
  CHECK(s.ring("R").shredding->attempts == 2);
  s.act(kHouse, KeyringStory::begin_act("R"));
  s.act(kHouse, s.shredded("R"));
  CHECK(s.in("R", KeyState::destroyed) == "1");
  s.shred("R");
  CHECK(s.in("R", KeyState::destroyed) == "1-2");
}

TEST_CASE("an order about some keys of a keyring ends those, is certified, and leaves the holding alive") {
  KeyringStory s = with_ring();
  s.act(kOlivia, s.schedule("R", "7"));
  s.order_keys("O", "R", "3-5,7");
  REQUIRE(s.order_state("O") == OrderState::approved);
  CHECK(names(s.ask(kOlivia, KeyringStory::reserve("R", 4, Verb::open)), RuleId::ordered_key));
  CHECK(names(s.ask(kOlivia, s.schedule("R", "4")), RuleId::ordered_key));
  CHECK(s.ask(kOlivia, KeyringStory::reserve("R", 6, Verb::seal)).permitted);
  s.shred("R", "O");
  CHECK(s.in("R", KeyState::destroyed) == "3-5,7");
  CHECK(line_of(s) == LineState::destroyed);
  CHECK(s.holding_state("R") == HoldingState::declared);
  CHECK(s.act(kOlivia, KeyringStory::reserve("R", 6, Verb::seal)).permitted);
  CHECK(s.act(kHouse, Story::certificate("O", "R")).permitted);
  CHECK(s.act(kHouse, EndOrder{kO}).permitted);
  CHECK(s.order_state("O") == OrderState::certified);
  CHECK(s.state.find(kR)->certificate_id.empty());
  CHECK(names(s.ask(kOlivia,
                    [&] {
                      auto again = s.proposal("O2", {"R"});
                      again.keys[kR] = keys("5-6");
                      return again;
                    }()),
              RuleId::key_state));
  s.order_keys("O3", "R", "6");
  CHECK(s.order_state("O3") == OrderState::approved);
}

TEST_CASE("an order about a whole keyring leaves no root and no key") {
  KeyringStory s = with_ring();
  s.make_due("R", "1");
  s.shred("R");
  s.order_keys("O", "R", "");
  CHECK(names(s.ask(kOlivia, KeyringStory::reserve("R", std::nullopt, Verb::open)), RuleId::ordered_key));
  CHECK(names(s.ask(kOlivia, KeyringStory::add("R", 1)), RuleId::ordered_key));
  s.act(kHouse, KeyringStory::begin("R", "O"));
  CHECK(s.holding_state("R") == HoldingState::ending);
  s.act(kHouse, KeyringStory::begin_act("R"));
  auto with_root = s.shredded("R");
  with_root.to_epoch = 3;
  CHECK(names(s.ask(kHouse, with_root), RuleId::bounds));
  CHECK(s.act(kHouse, s.shredded("R")).permitted);
  CHECK(s.holding_state("R") == HoldingState::destroyed);
  CHECK(s.ring("R").epoch == 0);
  CHECK(s.ring("R").living().empty());
  s.act(kHouse, Story::certificate("O", "R"));
  s.act(kHouse, EndOrder{kO});
  CHECK(s.order_state("O") == OrderState::certified);
  CHECK(s.act(kOlivia, CloseCase{id<CaseId>("C")}).permitted);
}

TEST_CASE("a keyring without a living key is ended by an order all the same, for it has a root") {
  KeyringStory s = with_ring(2);
  s.make_due("R", "1-2");
  s.shred("R");
  CHECK(s.ring("R").living().empty());
  CHECK(s.ring("R").epoch == 2);
  s.order_keys("O", "R", "");
  s.shred("R", "O");
  CHECK(s.holding_state("R") == HoldingState::destroyed);
  CHECK(s.ring("R").epoch == 0);
}

TEST_CASE("an epoch without quorum, in its window or out of it, is not begun") {
  KeyringStory s = with_ring();
  auto proposal = s.proposal("O", {"R"});
  proposal.keys[kR] = keys("1-2");
  s.act(kOlivia, proposal);
  CHECK(names(s.ask(kHouse, KeyringStory::begin("R", "O")), RuleId::order_state));
  s.sign_fully("O");
  CHECK(s.ask(kHouse, KeyringStory::begin("R", "O")).permitted);
  CHECK(names(s.ask(kOlivia, KeyringStory::begin("R", "O")), RuleId::actor));
  s.clock.confirmed = false;
  CHECK(names(s.ask(kHouse, KeyringStory::begin("R", "O")), RuleId::clock_confirmed));
  s.clock.confirmed = true;
  s.clock.now = proposal.not_after + 1;
  CHECK(names(s.ask(kHouse, KeyringStory::begin("R", "O")), RuleId::order_window));
}

TEST_CASE("an epoch that falls short in any one point completes nothing") {
  using Spoil = std::function<void(CompleteShredding&)>;
  const std::vector<std::pair<std::string, Spoil>> spoils = {
      {"old root found", [](auto& c) { c.shown.old_root_found = true; }},
      {"deleted opens", [](auto& c) { c.shown.deleted_opens = true; }},
      {"survivors", [](auto& c) { c.shown.survivors_open = false; }},
      {"canary", [](auto& c) { c.shown.canary_found_and_opens = false; }},
      {"census", [](auto& c) { c.shown.census_differs_by_root_only = false; }},
      {"not synced", [](auto& c) { c.shown.token_synced = false; }},
      {"one survivor lost", [](auto& c) { c.survivors -= 1; }},
      {"one key too few", [](auto& c) { c.destroyed -= 1; }},
      {"nothing said", [](auto& c) { c.shown = ShreddingShown{}; }},
  };
  KeyringStory s = with_ring();
  s.make_due("R", "1-2");
  s.act(kHouse, KeyringStory::begin("R"));
  CHECK(names(s.ask(kHouse, s.shredded("R")), RuleId::act_begun));
  s.act(kHouse, KeyringStory::begin_act("R"));
  for (const auto& [name, spoil] : spoils) {
    INFO(name);
    auto command = s.shredded("R");
    spoil(command);
    CHECK(names(s.ask(kHouse, command), RuleId::shown));
  }
  auto backwards = s.shredded("R");
  backwards.to_epoch = 1;
  CHECK(names(s.ask(kHouse, backwards), RuleId::bounds));
  CHECK(s.ask(kHouse, s.shredded("R")).permitted);
}

TEST_CASE("a failed epoch leaves keys that nobody uses and that are due again, until they are shown gone") {
  KeyringStory s = with_ring();
  s.make_due("R", "1-2");
  s.act(kHouse, KeyringStory::begin("R"));
  s.act(kHouse, KeyringStory::begin_act("R"));
  CHECK(s.act(kHouse, FailShredding{KeyringStory::ring_id("R"), "the old root was still found"}).permitted);
  CHECK(s.in("R", KeyState::destroy_failed) == "1-2");
  CHECK_FALSE(s.ask(kOlivia, KeyringStory::reserve("R", 1, Verb::open)).permitted);
  CHECK_FALSE(s.ask(kOlivia, CancelDestruction{KeyringStory::ring_id("R"), keys("1"), "why"}).permitted);
  s.shred("R");
  CHECK(s.in("R", KeyState::destroyed) == "1-2");
}

TEST_CASE("a failed line about some keys leaves the holding alive and only those keys unusable") {
  KeyringStory s = with_ring();
  s.order_keys("O", "R", "3");
  s.act(kHouse, KeyringStory::begin("R", "O"));
  CHECK(s.act(kHouse, FailHolding{kO, kR, "the window has closed"}).permitted);
  CHECK(s.in("R", KeyState::destroy_failed) == "3");
  CHECK_FALSE(s.ring("R").shredding);
  CHECK(s.holding_state("R") == HoldingState::declared);
  CHECK(s.act(kHouse, EndOrder{kO}).permitted);
  CHECK(s.ask(kHouse, KeyringStory::begin("R")).permitted);
  CHECK(s.act(kOlivia, KeyringStory::reserve("R", 4, Verb::open)).permitted);
}

TEST_CASE("a freeze holds back an epoch that has not acted, and not the proof of one that has") {
  KeyringStory s = with_ring();
  s.order_keys("O", "R", "3");
  s.act(kHouse, KeyringStory::begin("R", "O"));
  s.act(kEli, FreezeHolding{kR, "court order"});
  CHECK(names(s.ask(kHouse, KeyringStory::begin_act("R")), RuleId::frozen));
  CHECK(names(s.ask(kHouse, KeyringStory::begin_act("R", Target::gone)), RuleId::act_begun));
  s.act(kBo, ThawHolding{kR, "lifted"});
  s.act(kHouse, KeyringStory::begin_act("R"));
  s.act(kEli, FreezeHolding{kR, "another court order"});
  s.clock.now = s.state.find(kO)->order.not_after + 1;
  CHECK(names(s.ask(kHouse, KeyringStory::begin_act("R")), RuleId::frozen));
  CHECK(s.act(kHouse, KeyringStory::begin_act("R", Target::gone)).grant->subject == "ring-R");
  CHECK(s.act(kHouse, s.shredded("R")).permitted);
  CHECK(s.act(kHouse, Story::certificate("O", "R")).permitted);
}

TEST_CASE("two causes do not share an epoch, and an approved order is not anticipated by a schedule") {
  KeyringStory s = with_ring();
  s.make_due("R", "1-2");
  s.order_keys("O", "R", "2-3");
  const auto intent = s.act(kHouse, KeyringStory::begin("R"));
  CHECK(std::get<governance::KeyringShredding>(intent.events.front().body).numbers == keys("1").digest());
  CHECK(names(s.ask(kHouse, KeyringStory::begin("R", "O")), RuleId::one_epoch));
  s.act(kHouse, KeyringStory::begin_act("R"));
  s.act(kHouse, s.shredded("R"));
  s.shred("R", "O");
  CHECK(s.in("R", KeyState::destroyed) == "1-3");
  CHECK(s.ring("R").scheduled.empty());
}

TEST_CASE("news of a compromise that comes after the end is kept with the key") {
  KeyringStory s = with_ring();
  s.make_due("R", "1-2");
  s.act(kOlivia, KeyringStory::change("R", "1", KeyChange::compromise));
  s.shred("R");
  CHECK(s.in("R", KeyState::destroyed_compromised) == "1");
  CHECK(s.act(kOlivia, KeyringStory::change("R", "2", KeyChange::compromise)).permitted);
  CHECK(s.in("R", KeyState::destroyed_compromised) == "1-2");
}

TEST_CASE("an order names keys of its own holdings only, and no more than an order may") {
  KeyringStory s = with_ring();
  s.keyring("Q", 3);
  s.declare_records("K");
  const auto naming = [&](const std::string& holding, const KeyRanges& numbers) {
    auto command = s.proposal("O", {"R", "K"});
    command.keys[id<HoldingId>(holding)] = numbers;
    return s.ask(kOlivia, command);
  };
  CHECK(naming("R", keys("1-10")).permitted);
  CHECK(names(naming("R", keys("10-11")), RuleId::key_state));
  CHECK(names(naming("R", {}), RuleId::bounds));
  CHECK(names(naming("Q", keys("1")), RuleId::known));
  CHECK(names(naming("K", keys("1")), RuleId::known));
  CHECK(names(naming("R", KeyRanges(KeyRange{1, kMaxKeyNumber})), RuleId::bounds));
}

TEST_CASE(
    "keys that go without an order wait for a certificate, and the ledger says what their end rests on") {
  KeyringStory s = with_ring();
  s.act(kOlivia, s.schedule("R", "2-4,7"));
  const std::uint64_t first = s.state.events - 1;
  s.act(kOlivia, CancelDestruction{KeyringStory::ring_id("R"), keys("3"), "still needed"});
  s.act(kOlivia, s.schedule("R", "4-5"));
  const std::uint64_t second = s.state.events - 1;
  s.clock.now = s.clock.now + 8 * KeyringStory::kDay;
  s.act(kHouse, KeyringStory::begin("R"));
  s.act(kHouse, KeyringStory::begin_act("R"));
  CHECK(names(s.ask(kHouse, KeyringStory::certified("R", 1)), RuleId::line_state));
  const auto done = s.act(kHouse, s.shredded("R"));
  const auto& completion = std::get<KeysDestroyed>(done.events.back().body);
  CHECK(completion.from_epoch == 1);
  CHECK(completion.holding == kR);
  const EndedKeys& ended = s.ring("R").ended.at(1);
  CHECK(ended.causes == EndCauses{{first, {keys("2,7"), 2}}, {second, {keys("4-5"), 1}}});
  CHECK(ended.completion_index == s.state.events - 1);
  CHECK(s.ring("R").causes.empty());
  CHECK(s.ring("R").ended_with({7}) == &ended);
  CHECK(s.ring("R").ended_with({3}) == nullptr);
  CHECK_FALSE(s.ask(kOlivia, KeyringStory::certified("R", 1)).permitted);
  CHECK(s.act(kHouse, KeyringStory::certified("R", 1)).permitted);
  CHECK(s.ring("R").ended.at(1).certificate_id == "cert-R");
  CHECK(names(s.ask(kHouse, KeyringStory::certified("R", 1)), RuleId::line_state));
}

TEST_CASE("keys that went on a schedule keep the rule pack of their completion, and cite no other") {
  KeyringStory s = with_ring();
  s.make_due("R", "2");
  s.act(kHouse, KeyringStory::begin("R"));
  s.act(kHouse, KeyringStory::begin_act("R"));
  auto stale = s.shredded("R");
  stale.pack = sha256("the pack before");
  CHECK(names(s.ask(kHouse, stale), RuleId::shown));
  s.act(kHouse, s.shredded("R"));
  const Digest then = s.ring("R").ended.at(1).pack;
  CHECK(then == s.pack.digest());
  s.state.cases.begin()->second.pack = sha256("adopted later");
  CHECK(s.act(kHouse, KeyringStory::certified("R", 1)).permitted);
  CHECK(s.ring("R").ended.at(1).pack == then);
  CHECK(s.ring("R").ended.at(1).pack_name == s.pack.name);
}

TEST_CASE(
    "what an order has left unshown goes with that order's failure as its cause, alone, before all else") {
  KeyringStory s = with_ring();
  s.order_keys("O", "R", "3-4");
  s.act(kHouse, KeyringStory::begin("R", "O"));
  s.act(kHouse, KeyringStory::begin_act("R"));
  s.act(kHouse, FailShredding{KeyringStory::ring_id("R"), "the old root was still found"});
  const std::uint64_t failed = s.state.events - 1;
  s.act(kHouse, EndOrder{kO});
  s.make_due("R", "1");
  s.order_keys("P", "R", "4-5");
  CHECK(names(s.ask(kHouse, KeyringStory::begin("R", "P")), RuleId::one_epoch));
  s.shred("R");
  CHECK(s.in("R", KeyState::destroyed) == "3-4");
  CHECK(s.ring("R").ended.at(1).causes == EndCauses{{failed, {keys("3-4"), 1}}});
  s.shred("R");
  CHECK(s.in("R", KeyState::destroyed) == "1,3-4");
  s.shred("R", "P");
  CHECK(s.in("R", KeyState::destroyed) == "1,3-5");
  CHECK(s.ring("R").ended.size() == 2);
}

TEST_CASE("an epoch takes whole causes, and no more of them than one certificate cites") {
  KeyringStory s = with_ring(1000);
  for (std::uint32_t i = 1; i <= kMaxCausesAtOnce + 3; ++i)
    s.act(kOlivia, s.schedule("R", std::to_string(2 * i)));
  s.clock.now = s.clock.now + 8 * KeyringStory::kDay;
  s.shred("R");
  CHECK(s.ring("R").ended.at(1).causes.size() == kMaxCausesAtOnce);
  s.shred("R");
  CHECK(s.ring("R").ended.at(2).causes.size() == 3);
  CHECK(names(s.ask(kHouse, KeyringStory::begin("R")), RuleId::due));
}

TEST_CASE("an order that asks for more than keys of a keyring can be certified as is refused when proposed") {
  KeyringStory s = with_ring();
  s.seal_records("S");
  for (const auto claim : {SanitizationMethod::purge, SanitizationMethod::destroy}) {
    for (const bool whole : {true, false}) {
      auto command = s.proposal("O", {"R"});
      command.least_claim = claim;
      if (!whole) command.keys[kR] = keys("3");
      const Decision refused = s.ask(kOlivia, command);
      CHECK(names(refused, RuleId::bounds));
      CHECK(refused.why().find("R has a keyring") != std::string::npos);
      CHECK(refused.why().find("ask for clear, or keep such data under a device key") != std::string::npos);
    }
  }
  auto device = s.proposal("P", {"S"});
  device.least_claim = SanitizationMethod::purge;
  CHECK(s.ask(kOlivia, device).permitted);
  s.state.holdings.at(id<HoldingId>("S")).key_algorithm = KeyAlgorithm::ecdsa_p256;
  CHECK(s.ask(kOlivia, device).why().find("protects no data") != std::string::npos);
  device.least_claim = SanitizationMethod::clear;
  CHECK(s.ask(kOlivia, device).permitted);
  CHECK(s.ask(kOlivia, s.proposal("Q", {"R"})).permitted);
}
