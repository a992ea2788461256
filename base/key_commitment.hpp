// What a certificate holds of one destroyed key: a salted commitment. Whoever sees it learns nothing; whoever
// was given number and salt recognises it.
#pragma once

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

}  // namespace quietus
