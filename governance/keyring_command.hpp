// What can be asked about keyrings and their keys.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "base/json.hpp"
#include "governance/keyring_event.hpp"

namespace quietus::governance {

// By a person
struct CreateKeyring {  // grant: seal, subject = keyring id
  HoldingId holding;
  KeyringId keyring;
  KeyClass key_class = KeyClass::wrapped;
};
/// Numbers are given out from next_number on; see KeysAdded in the decision's events.
struct AddKeys {  // grant: seal, subject = keyring id, uses = count
  KeyringId keyring;
  KeyOrigin origin = KeyOrigin::made;
  std::uint32_t count = 1;
  KeyPurpose purpose = KeyPurpose::encrypt_decrypt;
  KeyState state = KeyState::active;  ///< active or pre_active
};
struct RotateKeys {  // grant: seal, subject = keyring id, uses = count of numbers
  KeyringId keyring;
  KeyRanges numbers;
};
struct ChangeKeys {
  KeyringId keyring;
  KeyRanges numbers;
  KeyChange change = KeyChange::suspend;
  std::string reason;
};
struct ScheduleDestruction {
  KeyringId keyring;
  KeyRanges numbers;
  UnixMs due;  ///< rounded up to a whole minute; not before the pack's waiting period is over
  std::string reason;
};
struct CancelDestruction {
  KeyringId keyring;
  KeyRanges numbers;
  std::string reason;
};
/// A lease for the data plane: `uses` operations with the permit, then or earlier ask again. Without a number
/// the permit is for the whole keyring, and its holder has to ask may_key() about every number.
struct ReserveUses {  // grant: verb, subject = device key, keyring or <keyring>.<number>; uses
  std::variant<KeyId, KeyringId> of;
  std::optional<KeyNumber> number;  ///< keyring only
  Verb verb = Verb::open;           ///< seal, open or release_data_key
  std::uint32_t uses = 1;
  KeyPurpose purpose = KeyPurpose::encrypt_decrypt;  ///< what for: the key's own, or it is refused
};

// By the house
/// Whether the HSM still has what the act is to destroy, as the house has just seen.
enum class Target { there, gone };

struct BeginShredding {  // grant: destroy, subject = keyring id; repeated after a crash
  KeyringId keyring;
  std::optional<OrderId> order;  ///< absent: what is due
};
/// The last question before there is no way back. `gone` is for an act that had begun before a crash: nothing
/// is left to hold back, and what is gone has to be shown and certified.
struct BeginShreddingAct {  // grant: destroy, subject = keyring id
  KeyringId keyring;
  Target root = Target::there;
};
/// What the epoch has shown, by a fresh process and after reading everything back. Defaults are failures.
struct ShreddingShown {
  bool old_root_found = true;           ///< must be false
  bool deleted_opens = true;            ///< must be false: what was deleted, under any root that is left
  bool survivors_open = false;          ///< every one of them (with none: true)
  bool canary_found_and_opens = false;  ///< positive control of the same search
  bool census_differs_by_root_only = false;
  bool token_synced = false;
};
struct CompleteShredding {
  KeyringId keyring;
  std::uint64_t to_epoch = 0;  ///< beyond the present one; 0 when an order ends the whole keyring
  std::uint64_t destroyed = 0, survivors = 0;
  ShreddingShown shown;
  Digest evidence_digest;     ///< SHA-256 of the evidence's canonical JSON
  Json detail;                ///< object of proof::completion_detail, kept in the completion event
  Digest pack;                ///< the rule pack that the detail cites; of what goes without an order
  std::uint64_t waivers = 0;  ///< of the case, that the detail cites
};
struct CertifyKeys {  // records what was signed about keys that went without an order
  KeyringId keyring;
  std::uint64_t from_epoch = 0;
  std::string certificate_id;
  Json detail;  ///< object of proof::issue_detail, kept in the event
};
struct FailShredding {
  KeyringId keyring;
  std::string reason;
};

}  // namespace quietus::governance
