// A keyring on a SoftHSM token and a SQLite store, in one folder: what a life of kms finds when it starts.
// The folder can be copied, so that each scenario begins at the same point. Only lives (process.hpp) may
// attach.
#pragma once

#include <memory>
#include <string>

#include "kms/epochs/epoch.hpp"
#include "kms/keys/key_room.hpp"
#include "kms/store/sqlite_store.hpp"
#include "tests/fault/keys/process.hpp"
#include "tests/fault/keys/samples.hpp"
#include "tests/support/remembering_store.hpp"

namespace quietus::test {

Result<std::unique_ptr<Hsm>> attach_token(const std::string& folder);

/// One life: token, store, keyring, gate. Not to be moved.
class Life {
 public:
  /// `create`: the keyring is made, otherwise it is opened. `max_key_versions` as in KeyringOptions.
  static Result<std::unique_ptr<Life>> begin(const std::string& folder, bool create);

  Result<epochs::EpochState> destroy(const epochs::Deletion& deletion);
  Result<std::optional<epochs::EpochState>> resume();
  Result<epochs::EpochEvidence> prove();

  Result<keys::TokenHold> hold() { return room_.hold_token(*epochs::root_key_id(ring().id())); }
  Hsm& hsm() { return *hsm_; }
  Store& store() { return *store_; }
  keyrings::Keyring& ring() { return *ring_; }

 private:
  explicit Life(const std::string& folder);
  epochs::EpochEngine engine();

  std::unique_ptr<ProbingProcess> prober_;  // first: it must not inherit a library
  std::unique_ptr<Hsm> hsm_;
  std::unique_ptr<store::SqliteStore> sqlite_;
  std::unique_ptr<RememberingStore> store_;
  keys::KeyRoom room_;
  std::unique_ptr<keyrings::Keyring> ring_;
};

std::string remembered_path(const std::string& folder);

/// The folder that scenarios are copied from: a keyring with keys that stay and keys that go, and their
/// samples.
class EpochWorld {
 public:
  EpochWorld(std::size_t stay, std::size_t go);
  EpochWorld(const EpochWorld&) = delete;
  EpochWorld& operator=(const EpochWorld&) = delete;
  ~EpochWorld();
  /// A fresh copy, named `name`.
  [[nodiscard]] std::string copy(const std::string& name) const;
  [[nodiscard]] const std::vector<KeySample>& samples() const { return samples_; }

 private:
  std::string folder_;
  std::vector<KeySample> samples_;
};

}  // namespace quietus::test
