// A destruction on SoftHSM, shown by a probe in a process of its own: this executable, started again.
#include <catch2/catch.hpp>

#include <fstream>

#include "base/file.hpp"
#include "kms/keys/destruction.hpp"
#include "tests/contract/hsm/hsm_under_test.hpp"
#include "tests/contract/hsm/raw_token.hpp"
#include "tests/support/test_permit.hpp"

namespace quietus::testing {

namespace {

constexpr const char* kExchange = "QUIETUS_TEST_PROBE";  // path of the request; the answer goes beside it

/// SOFTHSM2_CONF is inherited: the child sees the same tokens through a library of its own.
Result<keys::ProbeResult> probe_in_fresh_process(const keys::ProbeRequest& request) {
  const std::string path = tokens().folder() / "probe.json";
  QUIETUS_CHECK(write_file_atomically(path, as_bytes(to_json(request).write())));
  std::filesystem::remove(path + ".answer");
  const auto self = std::filesystem::read_symlink("/proc/self/exe").string();
  const std::string command =
      std::string(kExchange) + "='" + path + "' '" + self + "' '[probe-child]' >/dev/null 2>&1";
  if (std::system(command.c_str()) != 0) return fail(ErrorKind::unavailable, "the probe's process failed");
  QUIETUS_TRY(text, read_text(path + ".answer"));
  QUIETUS_TRY(json, Json::parse_canonical(text));
  return keys::probe_result_from(json);
}

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

TEST_CASE("the child half of a probe", "[.][probe-child]") {
  const char* path = std::getenv(kExchange);
  REQUIRE(path != nullptr);
  const auto request = keys::probe_request_from(Json::parse_canonical(*read_text(path)).value());
  REQUIRE(request);
  Pkcs11Settings settings;
  settings.token_label = "proof";
  settings.pin = SecretBytes::copy_of(as_bytes(SoftHsmTokens::kPin)).value();
  settings.profile = pkcs11::load_profile(QUIETUS_SOURCE_DIR "/hsm-config/softhsm2.json").value();
  settings.token_directory = std::filesystem::path(path).parent_path() / "tokens";
  const auto hsm = Pkcs11Hsm::attach(settings);
  REQUIRE(hsm);
  const auto result = keys::probe(**hsm, *request);
  REQUIRE(result);
  REQUIRE(write_file_atomically(std::string(path) + ".answer", as_bytes(to_json(*result).write())));
}

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
