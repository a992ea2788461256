#include <catch2/catch.hpp>

#include "governance/deliberation.hpp"
#include "tests/unit/governance/keyring_story.hpp"

using namespace quietus;
using namespace quietus::governance;

namespace {

KeyringStory with_ring(std::uint32_t count = 10, KeyClass key_class = KeyClass::wrapped) {
  KeyringStory story;
  story.open_case();
  story.keyring("R", count, key_class);
  return story;
}

}  // namespace

TEST_CASE("numbers are given out one after the other and never again") {
  KeyringStory s = with_ring(3);
  CHECK(s.in("R", KeyState::active) == "1-3");
  s.make_due("R", "3");
  s.shred("R");
  const auto decision = s.act(kOlivia, KeyringStory::add("R", 2));
  REQUIRE(decision.permitted);
  CHECK(std::get<KeysAdded>(decision.events.front().body).first == 4);
  CHECK(decision.grant->verb == Verb::seal);
  CHECK(decision.grant->subject == "ring-R");
  CHECK(decision.grant->uses == 2);
  CHECK(s.in("R", KeyState::active) == "1-2,4-5");
  CHECK(s.in("R", KeyState::destroyed) == "3");
}

TEST_CASE("a wrapped keyring takes 1,024 living keys, a record keyring as many numbers as there are") {
  KeyringStory wrapped = with_ring(1024);
  CHECK(names(wrapped.ask(kOlivia, KeyringStory::add("R", 1)), RuleId::bounds));
  wrapped.make_due("R", "5-6");
  wrapped.shred("R");
  CHECK(wrapped.ask(kOlivia, KeyringStory::add("R", 2)).permitted);
  CHECK_FALSE(wrapped.ask(kOlivia, KeyringStory::add("R", 3)).permitted);
  KeyringStory record = with_ring(1'000'000, KeyClass::record);
  CHECK(record.ask(kOlivia, KeyringStory::add("R", 48'576)).permitted);
  CHECK(names(record.ask(kOlivia, KeyringStory::add("R", 48'577)), RuleId::bounds));
  CHECK(names(record.ask(kOlivia, KeyringStory::add("R", UINT32_MAX)), RuleId::bounds));
  CHECK(names(record.ask(kOlivia, KeyringStory::add("R", 0)), RuleId::bounds));
}

TEST_CASE("a holding has one key or one keyring, and no id stands for two things") {
  KeyringStory s = with_ring();
  s.declare_records("K");
  CHECK(names(s.ask(kOlivia, CreateKey{id<HoldingId>("R"), id<KeyId>("k")}), RuleId::one_key));
  CHECK(names(s.ask(kOlivia, CreateKeyring{id<HoldingId>("K"), id<KeyringId>("r")}), RuleId::one_key));
  s.act(kOlivia,
        DeclareHolding{id<HoldingId>("N"), id<CaseId>("C"), HoldingKind::record_set, "n", true, {}, {}});
  const auto ring = [&](const std::string& name) {
    return s.ask(kOlivia, CreateKeyring{id<HoldingId>("N"), id<KeyringId>(name), KeyClass::record});
  };
  CHECK(names(ring("ring-R"), RuleId::fresh_id));
  CHECK(names(ring("K-K"), RuleId::fresh_id));
  CHECK(names(ring(std::string(57, 'x')), RuleId::bounds));
  CHECK(names(s.ask(kOlivia, CreateKey{id<HoldingId>("N"), id<KeyId>("ring-R.7")}), RuleId::fresh_id));
  CHECK(names(s.ask(kOlivia, CreateKeyring{id<HoldingId>("N"), id<KeyringId>("r"), KeyClass::device}),
              RuleId::bounds));
  CHECK(s.act(kOlivia, CreateKey{id<HoldingId>("N"), id<KeyId>("a.7")}).permitted);
  s.act(kOlivia,
        DeclareHolding{id<HoldingId>("M"), id<CaseId>("C"), HoldingKind::record_set, "m", true, {}, {}});
  CHECK(names(s.ask(kOlivia, CreateKeyring{id<HoldingId>("M"), id<KeyringId>("a")}), RuleId::fresh_id));
}

TEST_CASE("each state of a key lets it be used for what NIST SP 800-57 lets it, and for nothing else") {
  using S = KeyState;
  KeyringStory s = with_ring();
  s.act(kOlivia, AddKeys{KeyringStory::ring_id("R"), KeyOrigin::imported, 1, KeyPurpose::mac, S::pre_active});
  s.act(kOlivia, KeyringStory::change("R", "2", KeyChange::suspend));
  s.act(kOlivia, KeyringStory::change("R", "3", KeyChange::deactivate));
  s.act(kEli, KeyringStory::change("R", "4", KeyChange::compromise));
  s.act(kOlivia, s.schedule("R", "2-3,5"));
  s.act(kOlivia, KeyringStory::change("R", "6", KeyChange::suspend));
  s.act(kOlivia, KeyringStory::change("R", "7", KeyChange::deactivate));
  struct Row {
    std::uint32_t number;
    S state;
    bool seals, opens;
  };
  for (const auto& [number, state, seals, opens] :
       {Row{1, S::active, true, true}, Row{11, S::pre_active, false, false},
        Row{2, S::destroy_scheduled, false, false},  // it was suspended before
        Row{3, S::destroy_scheduled, false, true}, Row{4, S::compromised, false, true},
        Row{5, S::destroy_scheduled, false, true}, Row{6, S::suspended, false, false},
        Row{7, S::deactivated, false, true}}) {
    INFO(number);
    CHECK(s.ring("R").state_of({number}) == state);
    CHECK(s.ask(kOlivia, KeyringStory::reserve("R", number, Verb::seal)).permitted == seals);
    for (const Verb verb : {Verb::open, Verb::release_data_key}) {
      const auto answer = s.ask(kOlivia, KeyringStory::reserve("R", number, verb));
      CHECK(answer.permitted == opens);
      CHECK((opens || names(answer, RuleId::key_state)));
    }
  }
  CHECK(s.ring("R").purpose_of({11}) == KeyPurpose::mac);
  CHECK(names(s.ask(kOlivia, KeyringStory::reserve("R", 12, Verb::open)), RuleId::known));
}

TEST_CASE("what a scheduled key still opens is said to whoever asks, and kept") {
  KeyringStory s = with_ring();
  s.act(kOlivia, s.schedule("R", "5"));
  const auto decision = s.act(kOlivia, KeyringStory::reserve("R", 5, Verb::open));
  REQUIRE(decision.permitted);
  REQUIRE(decision.obligations.size() == 1);
  CHECK(decision.obligations.front() == "key ring-R.5 is still used while scheduled for destruction");
  CHECK(std::get<KeyUsesReserved>(decision.events.front().body).scheduled);
  CHECK(s.ring("R").used_late.text() == "5");
  CHECK(s.ask(kOlivia, KeyringStory::reserve("R", 6, Verb::open)).obligations.empty());
  s.clock.now = s.ring("R").schedule_of({5})->first + -60'000;
  const auto brief = s.ask(kOlivia, KeyringStory::reserve("R", 5, Verb::open));
  CHECK(brief.grant->valid_until == s.ring("R").schedule_of({5})->first);
  s.clock.now = s.ring("R").schedule_of({5})->first;
  CHECK_FALSE(s.ask(kOlivia, KeyringStory::reserve("R", 5, Verb::open)).permitted);
}

TEST_CASE("reserved uses are counted, bounded, granted for minutes, and entered when key material leaves") {
  KeyringStory s = with_ring();
  const auto decision = s.act(kOlivia, KeyringStory::reserve("R", std::nullopt, Verb::seal, 5000));
  REQUIRE(decision.grant);
  CHECK(decision.grant->subject == "ring-R");
  CHECK(decision.grant->verb == Verb::seal);
  CHECK(decision.grant->uses == 5000);
  CHECK(decision.grant->holding == id<HoldingId>("R"));
  CHECK(decision.grant->valid_until - s.state.latest == 300'000);
  s.act(kOlivia, KeyringStory::reserve("R", 3, Verb::seal, 7));
  s.act(kOlivia, KeyringStory::reserve("R", 3, Verb::release_data_key, 9));
  const Holding& holding = *s.state.find(id<HoldingId>("R"));
  CHECK(holding.reserved_uses.at(Verb::seal) == 5007);
  REQUIRE(holding.releases.size() == 1);
  CHECK(holding.releases.front().data_keys == 9);
  s.declare_records("K");
  CHECK(s.act(kOlivia, ReserveUses{id<KeyId>("K-K"), std::nullopt, Verb::open, 3}).grant->subject == "K-K");
  CHECK(names(s.ask(kOlivia, ReserveUses{id<KeyId>("K-K"), KeyNumber{1}, Verb::open, 3}), RuleId::bounds));
  CHECK(names(s.ask(kOlivia, KeyringStory::reserve("R", 3, Verb::seal, 0)), RuleId::bounds));
  CHECK(names(s.ask(kOlivia, KeyringStory::reserve("R", 3, Verb::seal, 1'000'001)), RuleId::bounds));
  CHECK(names(s.ask(kOlivia, KeyringStory::reserve("R", 3, Verb::destroy)), RuleId::bounds));
  CHECK(names(s.ask(kEli, KeyringStory::reserve("R", 3, Verb::seal)), RuleId::role));
  CHECK_FALSE(s.ask(kHouse, KeyringStory::reserve("R", 3, Verb::seal)).permitted);
}

TEST_CASE("a cancelled destruction leaves the key where it was before it was scheduled") {
  KeyringStory s = with_ring();
  s.act(kOlivia, KeyringStory::change("R", "2", KeyChange::deactivate));
  s.act(kOlivia, s.schedule("R", "1-4"));
  s.clock.now = s.clock.now + KeyringStory::kDay;
  s.act(kOlivia, s.schedule("R", "3"));  // later than first meant
  CHECK(s.ring("R").schedule_of({3})->first > s.ring("R").schedule_of({4})->first);
  s.act(kBo, KeyringStory::change("R", "4", KeyChange::compromise));
  CHECK(s.in("R", KeyState::destroy_scheduled) == "1-4");
  const CancelDestruction cancel{KeyringStory::ring_id("R"), keys("2-4"), "still needed"};
  CHECK(s.act(kWei, cancel).permitted);
  CHECK(s.in("R", KeyState::destroy_scheduled) == "1");
  CHECK(s.in("R", KeyState::deactivated) == "2");
  CHECK(s.in("R", KeyState::active) == "3,5-10");
  CHECK(s.in("R", KeyState::compromised) == "4");
  CHECK(names(s.ask(kWei, cancel), RuleId::key_state));
  CHECK(
      names(s.ask(kStranger, CancelDestruction{KeyringStory::ring_id("R"), keys("1"), "why"}), RuleId::role));
}

TEST_CASE("rotation is for wrapped keys that are active, and counts their versions") {
  KeyringStory s = with_ring();
  const auto decision = s.act(kOlivia, RotateKeys{KeyringStory::ring_id("R"), keys("1-2")});
  CHECK(decision.grant->uses == 2);
  s.act(kOlivia, RotateKeys{KeyringStory::ring_id("R"), keys("2")});
  CHECK(s.ring("R").version_of({1}) == 2);
  CHECK(s.ring("R").version_of({2}) == 3);
  CHECK(s.ring("R").version_of({3}) == 1);
  s.act(kOlivia, KeyringStory::change("R", "1", KeyChange::suspend));
  CHECK(names(s.ask(kOlivia, RotateKeys{KeyringStory::ring_id("R"), keys("1-2")}), RuleId::key_state));
  KeyringStory record = with_ring(10, KeyClass::record);
  CHECK(names(record.ask(kOlivia, RotateKeys{KeyringStory::ring_id("R"), keys("1")}), RuleId::bounds));
}

TEST_CASE("a frozen holding lets its keys be held back and not be used, changed or ended") {
  KeyringStory s = with_ring();
  s.make_due("R", "9");
  s.act(kOlivia, KeyringStory::change("R", "1", KeyChange::suspend));
  s.act(kEli, FreezeHolding{id<HoldingId>("R"), "court order"});
  CHECK(names(s.ask(kOlivia, KeyringStory::add("R", 1)), RuleId::frozen));
  CHECK(names(s.ask(kOlivia, KeyringStory::reserve("R", std::nullopt, Verb::open)), RuleId::frozen));
  CHECK(names(s.ask(kOlivia, s.schedule("R", "2")), RuleId::frozen));
  CHECK(names(s.ask(kOlivia, KeyringStory::change("R", "1", KeyChange::resume)), RuleId::frozen));
  CHECK(names(s.ask(kHouse, KeyringStory::begin("R")), RuleId::frozen));
  CHECK(s.ask(kOlivia, KeyringStory::change("R", "2", KeyChange::suspend)).permitted);
  CHECK(s.ask(kOlivia, KeyringStory::change("R", "2", KeyChange::compromise)).permitted);
  CHECK(s.ask(kOlivia, CancelDestruction{KeyringStory::ring_id("R"), keys("9"), "why"}).permitted);
}

TEST_CASE("holding a key back works by any clock and in any role; giving it back does not") {
  KeyringStory s = with_ring();
  s.clock.now = s.state.latest + -60'000;
  CHECK(s.ask(kEli, KeyringStory::change("R", "1", KeyChange::suspend)).permitted);
  CHECK_FALSE(s.ask(kStranger, KeyringStory::change("R", "1", KeyChange::suspend)).permitted);
  CHECK(names(s.ask(kEli, KeyringStory::change("R", "1", KeyChange::deactivate)), RuleId::role));
  CHECK(
      names(s.ask(kOlivia, KeyringStory::change("R", "1", KeyChange::deactivate)), RuleId::clock_backwards));
}

TEST_CASE("a keyring of a million records, a hundred thousand of them destroyed at random, stays small") {
  KeyringStory s = with_ring(1'000'000, KeyClass::record);
  const auto rest = [](std::uint32_t i) { return KeyNumber{1 + i * 10 + (i * 7919) % 9}; };
  for (int part = 0; part < 4; ++part) {
    std::vector<KeyNumber> numbers;
    for (std::uint32_t i = 0; i < 25'000; ++i) numbers.push_back(rest(25'000 * part + i));
    ScheduleDestruction command = s.schedule("R", "1");
    command.numbers = KeyRanges::of(numbers).value();
    REQUIRE(s.act(kOlivia, command).permitted);
  }
  s.clock.now = s.clock.now + 8 * KeyringStory::kDay;
  for (int epoch = 0; epoch < 4; ++epoch)
    s.shred("R");  // more in one would be more than a certificate can cite
  CHECK(s.ring("R").in(KeyState::destroyed).count() == 100'000);
  CHECK(s.ring("R").living().count() == 900'000);
  std::size_t ranges = 0;
  for (const auto& [state, members] : s.ring("R").states) ranges += members.ranges().size();
  CHECK(ranges * sizeof(KeyRange) < (2U << 20));
}

TEST_CASE("a record table and a device key are sealed under no oftener than one GCM key bears") {
  KeyringStory s = with_ring(3, KeyClass::record);
  const auto most = kMaxSealsOfHolding;
  s.state.holdings.at(id<HoldingId>("R")).reserved_uses[Verb::seal] = most - 10;
  CHECK(s.act(kOlivia, KeyringStory::reserve("R", 2, Verb::seal, 10)).permitted);
  CHECK(names(s.ask(kOlivia, KeyringStory::reserve("R", 3, Verb::seal, 1)), RuleId::bounds));
  CHECK(s.ask(kOlivia, KeyringStory::reserve("R", 3, Verb::open, 1)).permitted);
  s.declare_records("D");
  s.state.holdings.at(id<HoldingId>("D")).reserved_uses[Verb::seal] = most - 1;
  const ReserveUses one{id<KeyId>("K-D"), std::nullopt, Verb::seal, 1};
  CHECK(s.act(kOlivia, one).permitted);
  CHECK(names(s.ask(kOlivia, one), RuleId::bounds));
  KeyringStory wrapped = with_ring(3);
  wrapped.state.holdings.at(id<HoldingId>("R")).reserved_uses[Verb::seal] = most;
  CHECK(wrapped.ask(kOlivia, KeyringStory::reserve("R", 3, Verb::seal, 1)).permitted);
}
