// What has happened to keyrings and their keys. Numbers are written as ranges ("1-3,7"), see KeyRanges.
#pragma once

#include <optional>
#include <string>

#include "base/json.hpp"
#include "governance/keyring.hpp"
#include "quietus/permit.hpp"

namespace quietus::governance {

/// Intent and permit at once: committed before the HSM makes the root.
struct KeyringCreated {  // "keyring.created"
  HoldingId holding;
  KeyringId keyring;
  KeyClass key_class = KeyClass::wrapped;  ///< wrapped or record
  bool operator==(const KeyringCreated&) const = default;
};
enum class KeyOrigin { made, imported };
std::string_view to_string(KeyOrigin origin);
/// `count` numbers from `first` on are given out, whether or not the HSM then does its part.
struct KeysAdded {  // "keys.added"
  KeyringId keyring;
  KeyOrigin origin = KeyOrigin::made;
  std::uint32_t first = 0, count = 0;
  KeyPurpose purpose = KeyPurpose::encrypt_decrypt;
  KeyState state = KeyState::active;  ///< active or pre_active
  bool operator==(const KeysAdded&) const = default;
};
struct KeysRotated {  // "keys.rotated": class `wrapped`, one more version each
  KeyringId keyring;
  KeyRanges numbers;
  bool operator==(const KeysRotated&) const = default;
};
struct KeysChanged {  // "keys.changed"
  KeyringId keyring;
  KeyRanges numbers;
  KeyChange change = KeyChange::suspend;
  std::string reason;
  bool operator==(const KeysChanged&) const = default;
};
struct DestructionScheduled {  // "keys.destruction_scheduled"
  KeyringId keyring;
  KeyRanges numbers;
  UnixMs due;
  std::string reason;
  bool operator==(const DestructionScheduled&) const = default;
};
struct DestructionCancelled {  // "keys.destruction_cancelled": back to where they were
  KeyringId keyring;
  KeyRanges numbers;
  std::string reason;
  bool operator==(const DestructionCancelled&) const = default;
};
/// Intent of an epoch, repeated on every attempt. Which numbers: those of the order's line that still live,
/// or those whose schedule is due at the time of the (first) event; the digest holds the reader to it.
struct KeyringShredding {  // "keyring.shredding"
  KeyringId keyring;
  std::uint64_t from_epoch = 0;
  std::optional<OrderId> order;  ///< the cause; absent = their schedule is due
  Digest numbers;                ///< KeyRanges::digest()
  std::uint64_t count = 0;
  bool operator==(const KeyringShredding&) const = default;
};
/// The last decision before there is no way back.
struct KeyringActBegun {  // "keyring.act_begun"
  KeyringId keyring;
  bool resumed = false;  ///< the old root was found gone after a crash
  bool operator==(const KeyringActBegun&) const = default;
};
struct KeyringShredded {  // "keyring.shredded"
  KeyringId keyring;
  std::uint64_t from_epoch = 0, to_epoch = 0;  ///< to 0 = no root is left
  std::uint64_t destroyed = 0, survivors = 0;
  Digest evidence;
  Json detail;  ///< object
  bool operator==(const KeyringShredded&) const = default;
};
/// Begun and not shown: the keys are `destroy_failed`, and due again at once.
struct KeyringShreddingFailed {  // "keyring.shredding_failed"
  KeyringId keyring;
  std::string reason;
  bool operator==(const KeyringShreddingFailed&) const = default;
};
/// Keys went without an order: the completion event that their certificate cites.
struct KeysDestroyed {  // "keys.destroyed"
  HoldingId holding;
  KeyringId keyring;
  std::uint64_t from_epoch = 0;  ///< whose root went with them
  Digest evidence;
  Json detail;  ///< object of proof::completion_detail
  bool operator==(const KeysDestroyed&) const = default;
};
struct KeysCertified {  // "keys.certified"
  HoldingId holding;
  KeyringId keyring;
  std::uint64_t from_epoch = 0;
  std::string certificate_id;
  Json detail;  ///< object of proof::issue_detail
  bool operator==(const KeysCertified&) const = default;
};
/// A lease on the data plane: uses are counted here, before the first of them; a crash burns the rest.
struct KeyUsesReserved {  // "keys.used.reserved"
  HoldingId holding;
  std::string subject;  ///< device key, keyring, or `<keyring>.<number>`: the permit's subject
  Verb verb = Verb::open;
  std::uint64_t uses = 0;
  bool scheduled = false;  ///< still used while scheduled for destruction
  bool operator==(const KeyUsesReserved&) const = default;
};

}  // namespace quietus::governance
