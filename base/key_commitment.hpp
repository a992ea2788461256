// What a certificate holds of destroyed keys. Of one key: a salted commitment; whoever sees it learns
// nothing, whoever was given number and salt recognises it. Of all: a digest.
#pragma once

#include <vector>

#include "quietus/bytes.hpp"
#include "quietus/ids.hpp"
#include "quietus/key.hpp"

namespace quietus {

struct SaltedNumber {
  KeyNumber number;
  Digest salt;  ///< 256 bits that nobody can guess, of this number alone
  bool operator==(const SaltedNumber&) const = default;
};

/// SHA-256("quietus.receipt/1" ‖ salt ‖ "<keyring>.<number>").
Digest commitment(const KeyringId& keyring, const SaltedNumber& key);

/// SHA-256 over sorted numbers, 4 bytes big-endian each: which keys an epoch took away.
Digest numbers_digest(const std::vector<KeyNumber>& numbers);

}  // namespace quietus
