#include <catch2/catch.hpp>

#include <map>

#include "tests/unit/kms_keyrings/keyring_fixture.hpp"

namespace quietus::keyrings {

using enum KeyState;

TEST_CASE("a key changes its state as NIST SP 800-57 draws it, and no other way") {
  const std::map<KeyChange, std::map<KeyState, KeyState>> allowed = {
      {KeyChange::activate, {{pre_active, active}}},
      {KeyChange::suspend, {{active, suspended}, {deactivated, suspended}}},
      {KeyChange::resume, {{suspended, active}}},
      {KeyChange::deactivate, {{active, deactivated}, {suspended, deactivated}}},
      {KeyChange::compromise,
       {{pre_active, compromised},
        {active, compromised},
        {suspended, compromised},
        {deactivated, compromised}}},
      {KeyChange::schedule,
       {{pre_active, destroy_scheduled},
        {active, destroy_scheduled},
        {suspended, destroy_scheduled},
        {deactivated, destroy_scheduled},
        {compromised, destroy_scheduled}}},
      {KeyChange::cancel, {{destroy_scheduled, active}}},
  };
  for (const auto& [change, moves] : allowed)
    for (int state = 0; state <= static_cast<int>(destroy_failed); ++state) {
      KeyCard card;
      card.state = static_cast<KeyState>(state);
      CAPTURE(static_cast<int>(change), to_string(card.state));
      const auto after = changed(card, change);
      const auto expected = moves.find(card.state);
      CHECK(after.has_value() == (expected != moves.end()));
      if (after && expected != moves.end()) CHECK(after->state == expected->second);
      if (!after) CHECK(after.error().kind == ErrorKind::conflict);
    }
}

TEST_CASE("what a state allows") {
  const auto allows = [](KeyState state, KeyState before = active) {
    KeyCard card;
    card.state = state;
    card.before_schedule = before;
    return std::pair(may_protect(card).has_value(), may_process(card).has_value());
  };
  CHECK(allows(pre_active) == std::pair(false, false));
  CHECK(allows(active) == std::pair(true, true));
  CHECK(allows(suspended) == std::pair(false, false));
  CHECK(allows(deactivated) == std::pair(false, true));
  CHECK(allows(compromised) == std::pair(false, true));
  CHECK(allows(destroy_scheduled) == std::pair(false, true));
  CHECK(allows(destroy_scheduled, suspended) == std::pair(false, false));
  for (const KeyState gone : {destroying, destroyed, destroyed_compromised, destroy_failed})
    CHECK(allows(gone) == std::pair(false, false));
}

TEST_CASE("a change of state is durable, and what it forbids is forbidden after a restart") {
  KeyringFixture f;
  const auto number = f.make(1).front();
  const Bytes ciphertext = *f.encrypt(number);
  CHECK(f.change(number, verbs::restrict_use, KeyChange::suspend) == suspended);
  REQUIRE(f.reopen());
  CHECK(f.decrypt(ciphertext).error().kind == ErrorKind::conflict);
  CHECK(f.change(number, verbs::allow_use, KeyChange::resume) == active);
  CHECK(f.decrypt(ciphertext));
  CHECK(f.change(number, verbs::restrict_use, KeyChange::deactivate) == deactivated);
  REQUIRE(f.reopen());
  CHECK(f.encrypt(number).error().kind == ErrorKind::conflict);
  CHECK(f.decrypt(ciphertext));
}

TEST_CASE("a change of state that could not be written has not happened") {
  KeyringFixture f;
  const auto number = f.make(1).front();
  f.store.fail_call(1);
  CHECK_FALSE(f.change(number, verbs::restrict_use, KeyChange::suspend));
  CHECK(f.ring->describe(number)->card.state == active);
  CHECK(f.encrypt(number));
}

TEST_CASE("a key that is still used although its destruction is scheduled is counted, visibly and durably") {
  KeyringFixture f;
  const auto numbers = f.make(2);
  const auto number = numbers[0];
  const Bytes ciphertext = *f.encrypt(number);
  REQUIRE(f.change(number, verbs::schedule, KeyChange::schedule, f.now + 1000) == destroy_scheduled);
  CHECK(f.ring->due_by(f.now).empty());
  CHECK(f.ring->due_by(f.now + 1000) == std::vector{number});
  f.now = f.now + 500;
  for (int i = 0; i < 4; ++i) CHECK(f.decrypt(ciphertext) == "text");
  CHECK(f.encrypt(number).error().kind == ErrorKind::conflict);
  CHECK(f.ring->describe(number)->card.uses_while_scheduled == 4);
  CHECK(f.ring->describe(number)->last_use == f.now);
  REQUIRE(f.reopen());
  CHECK(f.ring->describe(number)->card.uses_while_scheduled == 4);
  CHECK(f.ring->describe(number)->card.last_use == f.now);
  CHECK(f.change(number, verbs::cancel, KeyChange::cancel) == active);
  CHECK(f.encrypt(number));
  CHECK(f.ring->due_by(f.now + 100'000).empty());
}

TEST_CASE("the last use is written seldom, and a full disk keeps nobody from decrypting") {
  KeyringFixture f;
  const auto number = f.make(1).front();
  const Bytes ciphertext = *f.encrypt(number);
  const auto calls = f.store.calls();
  for (int i = 0; i < 100; ++i) REQUIRE(f.decrypt(ciphertext));
  CHECK(f.store.calls() == calls);
  f.now = f.now + f.options.last_use_coarse_ms;
  f.store.fail_call(1, ErrorKind::exhausted);
  CHECK(f.decrypt(ciphertext));
  CHECK(f.store.calls() > calls);
}

TEST_CASE("a key that was compromised is destroyed as compromised") {
  for (const bool scheduled : {false, true}) {
    KeyringFixture f;
    const auto number = f.make(1).front();
    REQUIRE(f.change(number, verbs::restrict_use, KeyChange::compromise));
    if (scheduled) REQUIRE(f.change(number, verbs::schedule, KeyChange::schedule, f.now));
    REQUIRE(f.destroy({number}));
    CHECK(f.ring->describe(number)->card.state == destroyed_compromised);
    REQUIRE(f.reopen());
    CHECK(f.ring->describe(number)->card.state == destroyed_compromised);
  }
}

TEST_CASE("a pre-active key does nothing before it is activated") {
  KeyringFixture f;
  const auto numbers =
      f.ring->create_keys(permit_for(verbs::create), 1, KeyPurpose::encrypt_decrypt, KeyState::pre_active);
  REQUIRE(numbers);
  CHECK(f.encrypt(numbers->front()).error().kind == ErrorKind::conflict);
  CHECK(f.change(numbers->front(), verbs::allow_use, KeyChange::activate) == active);
  CHECK(f.encrypt(numbers->front()));
}

}  // namespace quietus::keyrings
