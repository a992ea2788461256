// Where an epoch stands, as table "epochs" keeps it: one row per epoch, named after the one it leads to. The
// rows of finished epochs stay: they are what certificates are made of.
#pragma once

#include <optional>
#include <string>

#include "base/json.hpp"
#include "kms/epochs/domain.hpp"
#include "kms/keys/destruction_state.hpp"

namespace quietus::epochs {

enum class EpochPhase {
  intent,     ///< nothing is done; a next root with the label may be on the token
  prepared,   ///< the next root is durable, its rows lie beside the current ones
  committed,  ///< the next version is the current one: from here on there is only forward
  destroyed,  ///< the old root is gone and the token is synced; nothing is shown yet
  done,       ///< the old root is shown gone, leftovers are removed
};
std::string_view to_string(EpochPhase phase);

struct EpochState {
  EpochPhase phase = EpochPhase::intent;
  KeyringId keyring;
  KeyClass key_class = KeyClass::wrapped;
  Root from;
  std::string next_label;  ///< of the next root, to find it again in a census
  Root next;               ///< `ref` counts from `prepared` on
  std::uint64_t deleted = 0, survivors = 0;
  Digest numbers;  ///< numbers_digest() of the deletion, which lies with the receipts
  UnixMs begun, committed, ended;
  std::optional<keys::DestructionState> destruction;  ///< of the old root
};

/// Key of the row about the epoch that leads to `to_epoch`.
std::string state_key(const KeyringId& keyring, std::uint64_t to_epoch);
Json to_json(const EpochState& state);
Result<EpochState> epoch_state_from(const Json& json);
Result<std::optional<EpochState>> load_state(Store& store, const KeyringId& keyring, std::uint64_t to_epoch);
Result<std::optional<EpochState>> load_state(DurableRows& rows, const KeyringId& keyring,
                                             std::uint64_t to_epoch);

/// What a certificate says about an epoch. Exists only when the old root was shown to be gone.
struct EpochEvidence {
  KeyringId keyring;
  KeyClass key_class = KeyClass::wrapped;
  std::uint64_t from_epoch = 0, to_epoch = 0;
  std::uint64_t destroyed = 0;           ///< keys that went with the old root
  std::uint64_t survivors_verified = 0;  ///< keys that were read back and opened under the next root before
  Digest numbers;                        ///< numbers_digest() of the destroyed ones
  UnixMs begun, committed, ended;
  KeyDestruction root;  ///< `key` is root_key_id(); the caller adds known copies
};

/// `conflict` before `done`, `verification_failed` when the state does not add up to a root that is gone.
Result<EpochEvidence> evidence_of(const EpochState& state);

}  // namespace quietus::epochs
