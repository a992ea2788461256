// A destruction on SoftHSM, shown by a probe in a process of its own: this executable, started again.
#include <catch2/catch.hpp>

#include <filesystem>

#include "kms/keys/destruction.hpp"
#include "tests/contract/hsm/fresh_process.hpp"
#include "tests/contract/hsm/raw_token.hpp"
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

  Result<keys::DestructionState> destroy(const keys::TokenHold& hold, const keys::KeyRef& key,
                                         keys::KeyKind kind = keys::KeyKind::cipher) {
    return destroyer.destroy(hold, Ledger::permit(Verb::destroy, "records"), key, UnixMs{1}, std::nullopt,
                             save, kind);
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

TEST_CASE(
    "a signing key on SoftHSM goes with both halves, a MAC key with its one, shown by another process") {
  const auto algorithm =
      GENERATE(KeyAlgorithm::ecdsa_p256, KeyAlgorithm::ecdsa_p384, KeyAlgorithm::hmac_sha256);
  const std::uint64_t objects = algorithm == KeyAlgorithm::hmac_sha256 ? 1 : 2;
  CAPTURE(to_string(algorithm));
  Destruction d;
  const auto neighbour = d.hsm->generate_signing_key("neighbour", EcCurve::p256);
  const auto before = d.hsm->census().value();
  const auto created = d.room.create_device_key(Ledger::permit(Verb::seal, "records"), d.id, algorithm);
  REQUIRE(created);
  CHECK(d.hsm->census()->size() == before.size() + objects);
  const auto hold = d.room.hold_token(d.id);
  const auto state = d.destroy(*hold, created->key, keys::kind_of(algorithm));
  REQUIRE(state);
  const auto evidence = d.destroyer.prove(*hold, *state, d.save, probe_in_fresh_process);
  REQUIRE(evidence);
  CHECK(evidence->target_objects == objects);
  CHECK(evidence->census_before == evidence->census_after + objects);
  CHECK(evidence->census_differs_by_target_only);
  CHECK(evidence->canary_found_and_opens);
  CHECK_FALSE(evidence->target_sample_opens);
  CHECK(d.hsm->public_key(created->key.ref).error().kind == ErrorKind::not_found);
  CHECK(d.hsm->public_key(*neighbour));
  CHECK(d.hsm->census().value() == before);
}

TEST_CASE(
    "what a crash in the making of a pair leaves on SoftHSM is found and taken away; a whole pair stays") {
  Destruction d;
  const auto before = d.hsm->census().value();
  const auto made =
      d.room.create_device_key(Ledger::permit(Verb::seal, "records"), d.id, KeyAlgorithm::ecdsa_p256);
  REQUIRE(made);
  REQUIRE(d.room.remove_half_made(d.id));
  REQUIRE(d.hsm->public_key(made->key.ref));
  {
    RawSession raw("proof");
    CK_OBJECT_CLASS working = CKO_PRIVATE_KEY;
    HsmKeyRef ref = made->key.ref;
    const auto found =
        raw.find_all({{CKA_CLASS, &working, sizeof working}, {CKA_ID, ref.cka_id.data(), ref.cka_id.size()}});
    REQUIRE(found.size() == 1);
    REQUIRE(raw.p11->C_DestroyObject(raw.handle, found.front()) == CKR_OK);
  }
  CHECK(d.hsm->attributes(made->key.ref).error().kind == ErrorKind::not_found);
  CHECK(d.hsm->census()->size() == before.size() + 1);
  REQUIRE(d.room.remove_half_made(d.id));
  CHECK(d.hsm->census().value() == before);
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
