// A process that dies in the middle of a destruction, on a real token, and the one that comes after it.
#include <catch2/catch.hpp>

#include <filesystem>

#include "tests/contract/hsm/fresh_process.hpp"
#include "tests/support/test_permit.hpp"

namespace quietus::testing {

TEST_CASE("a destruction whose process was killed is ended by the next process, with evidence") {
  const std::string crash = GENERATE(as<std::string>(), "kms_key_before_destroy", "kms_key_destroyed",
                                     "kms_key_destroyed:2", "kms_key_synced", "kms_key_shown_gone");
  CAPTURE(crash);
  const auto hsm = attach_softhsm("proof");
  const auto before = hsm->census().value();
  const keys::KeyRef key{*KeyId::parse("records"), hsm->generate_device_key("records").value()};
  const std::string path = tokens().folder() / "state.json";
  std::filesystem::remove(path);
  REQUIRE(destroy_and_be_killed(key, path, crash));
  CHECK(hsm->attributes(key.ref).has_value() == (crash == "kms_key_before_destroy"));
  const auto saved = kept_state(path);
  REQUIRE(saved);

  const WallClock clock = [] { return UnixMs{6}; };
  keys::KeyRoom room(*hsm, clock);
  keys::KeyDestroyer destroyer(*hsm, clock);
  const auto save = [](const keys::DestructionState&) -> Status { return {}; };
  const auto hold = room.hold_token(key.id);
  const auto state =
      destroyer.destroy(*hold, Ledger::permit(Verb::destroy, "records"), key, UnixMs{1}, saved, save);
  REQUIRE(state);
  const auto evidence = destroyer.prove(*hold, *state, save, probe_in_fresh_process);
  REQUIRE(evidence);
  CHECK(evidence->census_differs_by_target_only);
  CHECK(hsm->attributes(key.ref).error().kind == ErrorKind::not_found);
  CHECK(hsm->census().value() == before);  // no canary stays behind
}

}  // namespace quietus::testing
