#include <catch2/catch.hpp>

#include "tests/unit/kms_keys/destruction_fixture.hpp"

namespace quietus::keys {

using testing::FakeHsm;

TEST_CASE("a destroyed key is shown gone by probe and census, and its canary is cleared away") {
  DestructionFixture f(GENERATE(KeyAlgorithm::aes_256_gcm, KeyAlgorithm::ecdsa_p256, KeyAlgorithm::ecdsa_p384,
                                KeyAlgorithm::hmac_sha256));
  CAPTURE(to_string(f.algorithm));
  const auto evidence = f.live();
  REQUIRE(evidence);
  CHECK(evidence->key == f.id);
  CHECK(evidence->ref == f.key.ref);
  CHECK(evidence->target_objects == f.objects());
  CHECK(evidence->census_before == 4 + 2 * f.objects());  // neighbour, signer (2), checkpoint, target, canary
  CHECK(evidence->census_after == 4 + f.objects());
  CHECK(evidence->census_differs_by_target_only);
  CHECK(evidence->canary_found_and_opens);
  CHECK_FALSE(evidence->target_found);
  CHECK_FALSE(evidence->target_sample_opens);
  CHECK(evidence->token_synced);
  CHECK_FALSE(evidence->attributes_before.extractable);
  CHECK(evidence->attributes_before.label == "records-1");
  CHECK(evidence->destroyed == UnixMs{1'700'000'000'000});
  CHECK(evidence->created == UnixMs{1});
  CHECK_FALSE(f.target_is_alive());
  CHECK(f.token.attributes(f.neighbour));
  CHECK(f.canaries() == 0);
  CHECK(f.token.census()->size() == 4);
}

TEST_CASE("a token that lies about a destruction never gets evidence out of us") {
  const auto lie = GENERATE(FakeHsm::Lie::keeps_object, FakeHsm::Lie::keeps_copy, FakeHsm::Lie::hides_object,
                            FakeHsm::Lie::hides_object_in_find, FakeHsm::Lie::loses_a_neighbour);
  DestructionFixture f(
      GENERATE(KeyAlgorithm::aes_256_gcm, KeyAlgorithm::ecdsa_p256, KeyAlgorithm::hmac_sha256));
  CAPTURE(static_cast<int>(lie), to_string(f.algorithm));
  f.token.lie(lie);
  for (int life = 0; life < 3; ++life) {  // asking again does not wear it down
    const auto evidence = f.live();
    REQUIRE_FALSE(evidence);
    CHECK(evidence.error().kind == ErrorKind::verification_failed);
  }
  CHECK(f.saved()->step == DestructionStep::destroyed);
}

TEST_CASE("a copy made before the destruction is found by trying the sample under every key that is left") {
  DestructionFixture f(GENERATE(KeyAlgorithm::aes_256_gcm, KeyAlgorithm::ecdsa_p256, KeyAlgorithm::ecdsa_p384,
                                KeyAlgorithm::hmac_sha256));
  f.token.copy(f.key.ref);  // it is in the census before and after: only the sample tells
  const auto evidence = f.live();
  REQUIRE_FALSE(evidence);
  CHECK(evidence.error().kind == ErrorKind::verification_failed);
  CHECK(evidence.error().message.find("still answers") != std::string::npos);
}

TEST_CASE("a pair whose public half is left on the token is not shown gone") {
  DestructionFixture f(KeyAlgorithm::ecdsa_p256);
  f.token.lie(FakeHsm::Lie::keeps_public_half);
  for (int life = 0; life < 2; ++life) {
    const auto evidence = f.live();
    REQUIRE_FALSE(evidence);
    CHECK(evidence.error().kind == ErrorKind::verification_failed);
  }
  f.token.lie(FakeHsm::Lie::none);
  REQUIRE(f.token.destroy(f.key.ref));  // by hand
  CHECK(f.live()->target_objects == 2);
}

TEST_CASE("a crash between the halves of a pair is met by the next life, which ends both") {
  DestructionFixture f(KeyAlgorithm::ecdsa_p384);
  f.hsm.never_fail();
  KeyDestroyer destroyer(f.hsm, f.clock);
  {
    const auto hold = f.room.hold_token(f.id);
    f.failing_save = 2;  // prepared is kept, destroyed is not
    REQUIRE_FALSE(destroyer.destroy(*hold, Ledger::permit(Verb::destroy, "records-1"), f.key, UnixMs{1},
                                    std::nullopt, f.save(), KeyKind::signing_p384));
  }
  f.token.put_back_public_half(f.key.ref);
  const auto evidence = f.live();
  REQUIRE(evidence);
  CHECK(evidence->target_objects == 2);
  CHECK(evidence->census_differs_by_target_only);
  CHECK(f.token.public_key(f.key.ref).error().kind == ErrorKind::not_found);
  CHECK(f.token.census()->size() == 4);
}

TEST_CASE(
    "a key that could have been copied or taken out is not destroyed, because its end could not be shown") {
  DestructionFixture f;
  auto attributes = *f.token.attributes(f.key.ref);
  const auto spoil = GENERATE(0, 1, 2, 3);
  if (spoil == 0) attributes.extractable = true;
  if (spoil == 1) attributes.copyable = true;
  if (spoil == 2) attributes.never_extractable = false;
  if (spoil == 3) attributes.sensitive = false;
  f.token.set_attributes(f.key.ref, attributes);
  const auto evidence = f.live();
  REQUIRE_FALSE(evidence);
  CHECK(evidence.error().kind == ErrorKind::verification_failed);
  CHECK(f.target_is_alive());
}

TEST_CASE("a destruction needs a permit for that key and that verb, and the token held for it") {
  DestructionFixture f;
  KeyDestroyer destroyer(f.hsm, f.clock);
  {
    const auto hold = f.room.hold_token(f.id);
    const auto refused = [&](const Permit& permit) {
      const auto state = destroyer.destroy(*hold, permit, f.key, UnixMs{1}, std::nullopt, f.save());
      return !state && state.error().kind == ErrorKind::denied;
    };
    CHECK(refused(Ledger::permit(Verb::seal, "records-1")));
    CHECK(refused(Ledger::permit(Verb::destroy, "records-2")));
    CHECK(refused(Ledger::permit(Verb::destroy, "records-1", 0)));
    CHECK(refused(Ledger::permit(Verb::destroy, "records-1", 1, UnixMs{1})));
  }
  const auto other = f.room.hold_token(*KeyId::parse("records-2"));
  const auto state = destroyer.destroy(*other, Ledger::permit(Verb::destroy, "records-1"), f.key, UnixMs{1},
                                       std::nullopt, f.save());
  CHECK(state.error().kind == ErrorKind::invalid_input);
  CHECK(f.target_is_alive());
  CHECK(f.saves == 0);
}

TEST_CASE("a key that was never there is not found, not destroyed") {
  DestructionFixture f;
  REQUIRE(f.token.destroy(f.key.ref));
  const auto evidence = f.live();
  REQUIRE_FALSE(evidence);
  CHECK(evidence.error().kind == ErrorKind::not_found);
  CHECK(f.saves == 0);
}

TEST_CASE("a prober that cannot answer, or finds no canary, proves nothing and can be asked again") {
  DestructionFixture f;
  KeyDestroyer destroyer(f.hsm, f.clock);
  const auto hold = f.room.hold_token(f.id);
  auto state = destroyer.destroy(*hold, Ledger::permit(Verb::destroy, "records-1"), f.key, UnixMs{1},
                                 std::nullopt, f.save());
  REQUIRE(state);
  const auto away = [](const ProbeRequest&) -> Result<ProbeResult> {
    return fail(ErrorKind::unavailable, "no process");
  };
  CHECK(destroyer.prove(*hold, *state, f.save(), away).error().kind == ErrorKind::unavailable);
  const auto blind = [](const ProbeRequest&) -> Result<ProbeResult> {
    return ProbeResult{false, false, false, false};
  };
  CHECK(destroyer.prove(*hold, *state, f.save(), blind).error().kind == ErrorKind::verification_failed);
  const auto half_blind = [](const ProbeRequest&) -> Result<ProbeResult> {
    return ProbeResult{false, false, true, false};
  };
  CHECK(destroyer.prove(*hold, *state, f.save(), half_blind).error().kind == ErrorKind::verification_failed);
  const auto silent = [](const ProbeRequest&) -> Result<ProbeResult> { return ProbeResult{}; };
  CHECK(destroyer.prove(*hold, *state, f.save(), silent).error().kind == ErrorKind::verification_failed);
  CHECK(destroyer.prove(*hold, *state, f.save(), f.prober()));
}

TEST_CASE("a state that does not add up makes no evidence") {
  DestructionFixture f;
  REQUIRE(f.live());
  const DestructionState good = *f.saved();
  REQUIRE(evidence_of(good));
  for (int spoil = 0; spoil < 8; ++spoil) {
    DestructionState state = good;
    if (spoil == 0) state.step = DestructionStep::shown_gone;
    if (spoil == 1) state.shown.target_found = true;
    if (spoil == 2) state.shown.target_sample_opens = true;
    if (spoil == 3) state.shown.canary_found = false;
    if (spoil == 4) state.shown.canary_sample_opens = false;
    if (spoil == 5) state.token_synced = false;
    if (spoil == 6) state.after.others.value[0] ^= 1;
    if (spoil == 7) ++state.after.objects;
    CAPTURE(spoil);
    CHECK_FALSE(evidence_of(state));
  }
}

TEST_CASE("a destruction state survives its own JSON, and nothing else is taken for one") {
  DestructionFixture f;
  REQUIRE(f.live());
  const Json json = *Json::parse_canonical(*f.stored);
  CHECK(to_json(*destruction_state_from(json)).write() == *f.stored);
  for (const auto& [member, value] : *json.object()) {
    Json::Object without = *json.object();
    without.erase(member);
    CAPTURE(member);
    CHECK_FALSE(destruction_state_from(without));
  }
  Json::Object wrong = *json.object();
  wrong["step"] = "certified";
  CHECK_FALSE(destruction_state_from(wrong));
  wrong = *json.object();
  wrong["ref"] = "00112233445566778899aabbccddeeff";
  CHECK_FALSE(destruction_state_from(wrong));
}

TEST_CASE("objects that appear on the token during a destruction keep it from being proven") {
  DestructionFixture f;
  KeyDestroyer destroyer(f.hsm, f.clock);
  const auto hold = f.room.hold_token(f.id);
  const auto state = destroyer.destroy(*hold, Ledger::permit(Verb::destroy, "records-1"), f.key, UnixMs{1},
                                       std::nullopt, f.save());
  const HsmKeyRef stranger = *f.token.generate_device_key("stranger");
  CHECK(destroyer.prove(*hold, *state, f.save(), f.prober()).error().kind == ErrorKind::verification_failed);
  REQUIRE(f.token.destroy(stranger));
  CHECK(destroyer.prove(*hold, *state, f.save(), f.prober()));
}

TEST_CASE("replacing a data object during a destruction is not a difference") {
  DestructionFixture f;
  KeyDestroyer destroyer(f.hsm, f.clock);
  const auto hold = f.room.hold_token(f.id);
  const auto state = destroyer.destroy(*hold, Ledger::permit(Verb::destroy, "records-1"), f.key, UnixMs{1},
                                       std::nullopt, f.save());
  REQUIRE(f.token.store_data("checkpoint", as_bytes("y")));
  CHECK(destroyer.prove(*hold, *state, f.save(), f.prober()));
}

}  // namespace quietus::keys
