// What a keyring knows about one key, whatever the epoch: purpose, state, versions, counters. The row
// outlives the key, as its tombstone. And the head of a keyring, which says what is current.
#pragma once

#include <vector>

#include "kms/epochs/domain.hpp"
#include "kms/keyrings/sheet.hpp"
#include "quietus/clock.hpp"
#include "quietus/key.hpp"

namespace quietus::keyrings {

/// Uses are reserved in blocks before they happen: a crash burns the rest of a block, and a counter never
/// runs back.
struct VersionCard {
  UnixMs created;
  bool imported = false;
  std::uint64_t encryptions_reserved = 0;
  bool operator==(const VersionCard&) const = default;
};

struct KeyCard {
  KeyringId keyring;
  KeyNumber number;
  KeyPurpose purpose = KeyPurpose::encrypt_decrypt;
  KeyState state = KeyState::active;
  KeyState before_suspension = KeyState::active;  ///< where lifting a suspension leads
  KeyState before_schedule = KeyState::active;    ///< where cancelling a destruction leads
  UnixMs created, last_use;                       ///< last use: coarse, written seldom
  UnixMs destroy_due;                             ///< counts while the destruction is scheduled
  std::uint32_t uses_while_scheduled = 0;
  std::uint64_t ending_epoch = 0;     ///< the epoch that took it away; 0: none
  std::vector<VersionCard> versions;  ///< version n is versions[n - 1]
  bool operator==(const KeyCard&) const = default;
};

struct KeyringHead {
  KeyringId keyring;
  UnixMs created;
  HsmKeyRef mac_key;
  epochs::Root root;
  bool operator==(const KeyringHead&) const = default;
};

Bytes encode(const KeyCard& card);
Result<KeyCard> decode_card(BytesView bytes);  ///< `corrupt` for anything that encode() does not give
Bytes encode(const KeyringHead& head);
Result<KeyringHead> decode_head(BytesView bytes);  ///< `corrupt` for anything that encode() does not give

}  // namespace quietus::keyrings
