#include "tests/contract/hsm/fresh_process.hpp"

#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>

#include "base/crash_point.hpp"
#include "base/encoding.hpp"
#include "base/file.hpp"
#include "tests/support/test_permit.hpp"

namespace quietus::testing {

namespace {

constexpr const char* kProbe = "QUIETUS_TEST_PROBE";      // path of the request; the answer goes beside it
constexpr const char* kDestroy = "QUIETUS_TEST_DESTROY";  // path of the kept state
constexpr const char* kKey = "QUIETUS_TEST_KEY";          // CKA_ID, hex
constexpr const char* kCrash = "QUIETUS_TEST_CRASH";      // crash point

int run_child(const std::string& environment, const std::string& test) {
  const auto self = std::filesystem::read_symlink("/proc/self/exe").string();
  const std::string command = environment + " exec '" + self + "' '" + test + "' >/dev/null 2>&1";
  return std::system(command.c_str());
}

std::unique_ptr<Hsm> attach_in_child(const char* path) {
  Pkcs11Settings settings;
  settings.token_label = "proof";
  settings.pin = SecretBytes::copy_of(as_bytes(SoftHsmTokens::kPin)).value();
  settings.profile = pkcs11::load_profile(QUIETUS_SOURCE_DIR "/hsm-config/softhsm2.json").value();
  settings.token_directory = std::filesystem::path(path).parent_path() / "tokens";
  auto hsm = Pkcs11Hsm::attach(settings);
  REQUIRE(hsm);
  return std::move(*hsm);
}

}  // namespace

Result<keys::ProbeResult> probe_in_fresh_process(const keys::ProbeRequest& request) {
  const std::string path = tokens().folder() / "probe.json";
  QUIETUS_CHECK(write_file_atomically(path, as_bytes(to_json(request).write())));
  std::filesystem::remove(path + ".answer");
  if (run_child(std::string(kProbe) + "='" + path + "'", "[probe-child]") != 0)
    return fail(ErrorKind::unavailable, "the probe's process failed");
  QUIETUS_TRY(text, read_text(path + ".answer"));
  QUIETUS_TRY(json, Json::parse_canonical(text));
  return keys::probe_result_from(json);
}

bool destroy_and_be_killed(const keys::KeyRef& key, const std::string& state_path,
                           const std::string& crash_point) {
  const std::string environment = std::string(kDestroy) + "='" + state_path + "' " + kKey + "=" +
                                  hex(key.ref.cka_id) + " " + kCrash + "=" + crash_point;
  const int status = run_child(environment, "[destroy-child]");
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

std::optional<keys::DestructionState> kept_state(const std::string& state_path) {
  const auto text = read_text(state_path);
  if (!text) return std::nullopt;
  return keys::destruction_state_from(Json::parse_canonical(*text).value()).value();
}

TEST_CASE("the child that probes", "[.][probe-child]") {
  const char* path = std::getenv(kProbe);
  REQUIRE(path != nullptr);
  const auto request = keys::probe_request_from(Json::parse_canonical(*read_text(path)).value());
  REQUIRE(request);
  const auto hsm = attach_in_child(path);
  const auto result = keys::probe(*hsm, *request);
  REQUIRE(result);
  REQUIRE(write_file_atomically(std::string(path) + ".answer", as_bytes(to_json(*result).write())));
}

TEST_CASE("the child that destroys", "[.][destroy-child]") {
  const std::string path = std::getenv(kDestroy);
  keys::KeyRef key{*KeyId::parse("records"), {}};
  std::ranges::copy(*from_hex(std::getenv(kKey)), key.ref.cka_id.begin());
  const auto hsm = attach_in_child(path.c_str());
  const WallClock clock = [] { return UnixMs{5}; };
  keys::KeyRoom room(*hsm, clock);
  keys::KeyDestroyer destroyer(*hsm, clock);
  const auto save = [&](const keys::DestructionState& state) {
    return write_file_atomically(path, as_bytes(to_json(state).write()));
  };
  const auto hold = room.hold_token(key.id);
  arm_crash_point(std::getenv(kCrash), "");
  const auto state =
      destroyer.destroy(*hold, Ledger::permit(Verb::destroy, "records"), key, UnixMs{1}, std::nullopt, save);
  REQUIRE(state);
  REQUIRE(destroyer.prove(*hold, *state, save,
                          [&](const keys::ProbeRequest& request) { return keys::probe(*hsm, request); }));
}

}  // namespace quietus::testing
