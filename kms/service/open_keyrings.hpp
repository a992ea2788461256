// The keyrings and record tables of this process: opened when they are first asked for, and kept. What the
// ledger says of a keyring and what lies under its root are brought together here.
#pragma once

#include <atomic>
#include <map>
#include <memory>

#include "base/mutex.hpp"
#include "governance/keyring.hpp"
#include "kms/keyrings/keyring.hpp"
#include "kms/keys/key_room.hpp"
#include "kms/records/record_table.hpp"
#include "kms/service/ledger.hpp"

namespace quietus::service {

/// One of the two is there, after the keyring's class.
struct OpenKeyring {
  KeyClass key_class = KeyClass::wrapped;
  std::unique_ptr<keyrings::Keyring> wrapped;
  std::unique_ptr<records::RecordTable> records;
  /// Held from the ledger's word on new numbers until the keys are there: both give numbers in the same
  /// order.
  Mutex adding;
  /// The ledger has promised numbers or versions that may not be there: settled when the keyring is next
  /// asked for. Milliseconds of the steady clock before which that is not tried again.
  std::atomic<bool> behind = false;
  std::atomic<std::int64_t> settle_not_before = 0;

  [[nodiscard]] epochs::Domain& domain() const;
  /// The number that the next new key will have.
  [[nodiscard]] KeyNumber next_number() const;
};

class OpenKeyrings {
 public:
  OpenKeyrings(Ledger& ledger, Store& store, Hsm& hsm, WallClock clock)
      : ledger_(ledger), store_(store), hsm_(hsm), clock_(std::move(clock)) {}

  /// Its root, and what else it needs on the token. Permit: `seal` on the keyring's id.
  Status create(const keys::TokenGate::Creation& creation, const Permit& permit, const KeyringId& id,
                KeyClass key_class);
  /// `not_found` when the ledger knows no such keyring, or it has ended. What a crash left unmade is made
  /// first; where that cannot be done now the keyring is given out as it is. Not while `adding` is held.
  Result<std::shared_ptr<OpenKeyring>> find(const KeyringId& id) QUIETUS_EXCLUDES(mutex_);
  /// Makes the keys whose numbers, and the versions, that the ledger has given out and whose making a crash
  /// or an error prevented: what it promised is either made or destroyed, never missing. The caller holds
  /// `adding`. May be asked again.
  Status catch_up(OpenKeyring& keyring, const KeyringId& id);
  /// Its root has been destroyed: nothing of it is kept open.
  void end(const KeyringId& id) QUIETUS_EXCLUDES(mutex_);

 private:
  Result<std::shared_ptr<OpenKeyring>> opened(const KeyringId& id) QUIETUS_EXCLUDES(mutex_);
  void settle(OpenKeyring& keyring, const KeyringId& id);
  Result<std::shared_ptr<OpenKeyring>> open(const KeyringId& id, KeyClass key_class);

  Ledger& ledger_;
  Store& store_;
  Hsm& hsm_;
  const WallClock clock_;
  Mutex mutex_;
  std::map<KeyringId, std::shared_ptr<OpenKeyring>> open_ QUIETUS_GUARDED_BY(mutex_);
};

}  // namespace quietus::service
