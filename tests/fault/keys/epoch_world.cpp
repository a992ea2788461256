#include "tests/fault/keys/epoch_world.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "base/encoding.hpp"
#include "kms/pkcs11/pkcs11_hsm.hpp"
#include "tests/support/softhsm_token.hpp"
#include "tests/support/test_permit.hpp"

namespace quietus::test {

namespace fs = std::filesystem;

namespace {

constexpr const char* kToken = "epochs";

void write_configuration(const std::string& folder) {
  std::ofstream(folder + "/softhsm2.conf")
      << "directories.tokendir = " << folder << "/tokens\nobjectstore.backend = file\nlog.level = ERROR\n";
}

Result<std::string> fill(const std::string& folder, std::size_t stay, std::size_t go) {
  QUIETUS_TRY(life, Life::begin(folder, true));
  QUIETUS_TRY(samples, fill_keyring(life->ring(), stay, go));
  return write_samples(samples);
}

}  // namespace

std::string remembered_path(const std::string& folder) { return folder + "/remembered"; }

Result<std::unique_ptr<Hsm>> attach_token(const std::string& folder) {
  ::setenv("SOFTHSM2_CONF", (folder + "/softhsm2.conf").c_str(), 1);
  Pkcs11Settings settings;
  settings.token_label = kToken;
  QUIETUS_TRY(pin, SecretBytes::copy_of(as_bytes(testing::SoftHsmTokens::kPin)));
  settings.pin = std::move(pin);
  QUIETUS_TRY(profile, pkcs11::load_profile(QUIETUS_SOURCE_DIR "/hsm-config/softhsm2.json"));
  settings.profile = std::move(profile);
  settings.token_directory = folder + "/tokens";
  return Pkcs11Hsm::attach(settings);
}

Life::Life(const std::string& folder)
    : prober_(std::make_unique<ProbingProcess>([folder] { return attach_token(folder); })),
      hsm_(attach_token(folder).value()),
      sqlite_(store::SqliteStore::open(folder + "/ledger.db",
                                       {.reserve_bytes = 0, .busy_timeout_ms = 5000, .vfs = {}})
                  .value()),
      store_(std::make_unique<RememberingStore>(*sqlite_, remembered_path(folder))),
      room_(*hsm_, system_now) {}

Result<std::unique_ptr<Life>> Life::begin(const std::string& folder, bool create) {
  std::unique_ptr<Life> life(new Life(folder));
  const KeyringId id = *KeyringId::parse(kRing);
  if (create) {
    QUIETUS_TRY(creation, life->room_.begin_creation());
    QUIETUS_TRY(made, keyrings::Keyring::create(creation, Ledger::permit(keyrings::verbs::create, kRing),
                                                *life->hsm_, *life->store_, id, system_now, small_pages()));
    life->ring_ = std::move(made);
  } else {
    QUIETUS_TRY(opened, keyrings::Keyring::open(*life->hsm_, *life->store_, id, system_now, small_pages()));
    life->ring_ = std::move(opened);
  }
  return std::move(life);
}

epochs::EpochEngine Life::engine() { return {*hsm_, *store_, *ring_, KeyClass::wrapped, system_now}; }

Result<epochs::EpochState> Life::destroy(const epochs::Deletion& deletion) {
  QUIETUS_TRY(held, hold());
  return engine().destroy(held, Ledger::permit(Verb::destroy, kRing), deletion,
                          [](const KeyringId&) { return Status{}; });
}

Result<std::optional<epochs::EpochState>> Life::resume() {
  QUIETUS_TRY(held, hold());
  return engine().resume(held, Ledger::permit(Verb::destroy, kRing),
                         [](const KeyringId&) { return Status{}; });
}

Result<epochs::EpochEvidence> Life::prove() {
  QUIETUS_TRY(held, hold());
  return engine().prove(held, std::ref(*prober_));
}

EpochWorld::EpochWorld(std::size_t stay, std::size_t go)
    : folder_(fs::temp_directory_path() / random_id("quietus-epochs")) {
  fs::create_directories(folder_);
  const std::string origin = folder_ + "/origin";
  const testing::SoftHsmTokens tokens({kToken});
  fs::copy(tokens.folder(), origin, fs::copy_options::recursive);
  write_configuration(origin);
  const Ending ending = in_life([&] { return fill(origin, stay, go); });
  if (!ending.said) throw std::runtime_error("the world could not be made: " + ending.said.error().message);
  samples_ = read_samples(*ending.said);
}

EpochWorld::~EpochWorld() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string EpochWorld::copy(const std::string& name) const {
  const std::string to = folder_ + "/" + name;
  fs::copy(folder_ + "/origin", to, fs::copy_options::recursive);
  write_configuration(to);
  return to;
}

}  // namespace quietus::test
