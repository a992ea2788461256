// What is kept of an epoch's deletions, so that the owner of one deleted key can be given a receipt later:
// the numbers, and a seed from which every receipt's salt follows. What becomes of them is
// proof/key_receipt.hpp's business (this room does not see proof/): a tree of salted commitments in which
// whoever holds a salt can show his number, and nobody learns anything about others.
#pragma once

#include <vector>

#include "base/key_commitment.hpp"
#include "quietus/bytes.hpp"
#include "quietus/ids.hpp"
#include "quietus/key.hpp"
#include "quietus/store.hpp"

namespace quietus::epochs {

struct Receipts {
  Digest seed;                     ///< drawn when the epoch begins; forgetting it forgets who was deleted
  std::vector<KeyNumber> numbers;  ///< sorted, each once
  bool operator==(const Receipts&) const = default;
};

/// SHA-256("quietus.receipt-salt/1" ‖ seed ‖ number, 4 bytes big-endian).
Digest salt_of(const Digest& seed, KeyNumber number);
/// One per deleted number, in the order of the numbers: what proof::KeyReceipts is made of.
std::vector<SaltedNumber> salted_numbers(const Receipts& receipts);
using quietus::numbers_digest;

/// Key of the row in table "receipts" about the epoch that began with `to_epoch`.
std::string receipts_key(const KeyringId& keyring, std::uint64_t to_epoch);
/// Of all the epochs of a keyring.
std::string receipts_prefix(const KeyringId& keyring);
Bytes encode(const Receipts& receipts);
/// `corrupt` for anything that encode() does not give.
Result<Receipts> decode_receipts(BytesView bytes);
/// `not_found` when that epoch left none.
Result<Receipts> load_receipts(Store& store, const KeyringId& keyring, std::uint64_t to_epoch);

}  // namespace quietus::epochs
