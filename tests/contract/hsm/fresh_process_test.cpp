// A destruction on SoftHSM, shown by a probe in a process of its own: this executable, started again.
#include <catch2/catch.hpp>

#include <filesystem>

#include "kms/keys/destruction.hpp"
#include "tests/contract/hsm/fresh_process.hpp"
#include "tests/support/test_permit.hpp"

namespace quietus::testing {

namespace {

struct Destruction {
  std::unique_ptr<Hsm> hsm = attach_softhsm("proof");
  WallClock clock = [] { return UnixMs{5}; };
  keys::KeyRoom room{*hsm, clock};
  KeyId id = *KeyId::parse("records");
  keys::KeyDestroyer destroyer{*hsm, clock};
  keys::SaveState save = [](const keys::DestructionState&) -> Status { return {}; };

  Result<keys::DestructionState> destroy(const keys::TokenHold& hold, const keys::KeyRef& key) {
    return destroyer.destroy(hold, Ledger::permit(Verb::destroy, "records"), key, UnixMs{1}, std::nullopt,
                             save);
  }
};

}  // namespace

TEST_CASE("a key on SoftHSM is destroyed and shown gone by another process") {
  Destruction d;
  const auto neighbour = d.hsm->generate_device_key("neighbour");
  const auto created = d.room.create_device_key(Ledger::permit(Verb::seal, "records"), d.id);
  REQUIRE(created);
  const auto released = d.room.release_data_keys(Ledger::permit(Verb::release_data_key, "records"),
                                                 created->key, as_bytes("c"), 2);
  REQUIRE(released);
  const auto hold = d.room.hold_token(d.id);
  const auto state = d.destroy(*hold, created->key);
  REQUIRE(state);
  const auto evidence = d.destroyer.prove(*hold, *state, d.save, probe_in_fresh_process);
  REQUIRE(evidence);
  CHECK(evidence->census_before == evidence->census_after + 1);
  CHECK(evidence->canary_found_and_opens);
  CHECK_FALSE(evidence->target_found);
  CHECK_FALSE(evidence->target_sample_opens);
  CHECK(evidence->hsm.profile == "softhsm2");
  CHECK(evidence->hsm.destroy_meaning.find("test double") != std::string::npos);
  CHECK(d.room
            .open_data_key(Ledger::permit(Verb::release_data_key, "records"), created->key,
                           released->front().wrapped, as_bytes("c"))
            .error()
            .kind == ErrorKind::not_found);
  CHECK(d.hsm->attributes(*neighbour));
}

TEST_CASE("a key whose file is put back from a copy of the token directory is caught by the probe") {
  Destruction d;
  const auto created = d.room.create_device_key(Ledger::permit(Verb::seal, "records"), d.id);
  REQUIRE(created);
  const auto files = tokens().files_of("proof"), kept = tokens().folder() / "yesterday";
  std::filesystem::copy(files, kept, std::filesystem::copy_options::recursive);
  const auto hold = d.room.hold_token(d.id);
  const auto state = d.destroy(*hold, created->key);
  REQUIRE(state);
  std::filesystem::copy(
      kept, files, std::filesystem::copy_options::recursive | std::filesystem::copy_options::skip_existing);
  const auto evidence = d.destroyer.prove(*hold, *state, d.save, probe_in_fresh_process);
  REQUIRE_FALSE(evidence);
  CHECK(evidence.error().kind == ErrorKind::verification_failed);
}

TEST_CASE("a probe whose process cannot reach the token gives no answer") {
  Destruction d;
  const auto created = d.room.create_device_key(Ledger::permit(Verb::seal, "records"), d.id);
  const auto hold = d.room.hold_token(d.id);
  const auto state = d.destroy(*hold, created->key);
  REQUIRE(state);
  const std::string conf = std::getenv("SOFTHSM2_CONF");
  ::setenv("SOFTHSM2_CONF", "/nonexistent", 1);
  CHECK_FALSE(d.destroyer.prove(*hold, *state, d.save, probe_in_fresh_process));
  ::setenv("SOFTHSM2_CONF", conf.c_str(), 1);
  CHECK(d.destroyer.prove(*hold, *state, d.save, probe_in_fresh_process));
}

}  // namespace quietus::testing
