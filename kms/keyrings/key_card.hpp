// What a keyring knows about one key, whatever the epoch: purpose, versions, counters, and whether an epoch
// took it away. Whether it may be used is the ledger's business (governance/keyring.hpp). The row outlives
// the key, as its tombstone. And the head of a keyring, which says what is current.
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
  UnixMs created, last_use;           ///< last use: coarse, written seldom
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
/// `corrupt` for anything that encode() does not give. The version of the head is that of the whole keyring:
/// 2, since keys lie in pages; 1 is refused by name.
Result<KeyringHead> decode_head(BytesView bytes);

}  // namespace quietus::keyrings
