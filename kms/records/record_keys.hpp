// Keys of class `record`: one per customer, row or document, up to about a million under one root on the
// token. What every kind of record table promises; how a table lays its keys out is nobody else's business.
#pragma once

#include <cstdint>

#include "kms/epochs/domain.hpp"
#include "quietus/permit.hpp"
#include "quietus/secret_bytes.hpp"

namespace quietus::records {

/// Thread-safe; everybody reads while an epoch is prepared. Every call takes one use of a permit on the
/// table's id, before anything else happens. Keys are taken away by an epoch (kms/epochs) and by nothing
/// else. Operations on a number that is not live are `not_found`; on damaged rows, `corrupt`.
class RecordKeys : public epochs::Domain {
 public:
  static constexpr std::uint32_t kMaxKeys = 1U << 20U;
  static constexpr std::size_t kMaxPlaintextBytes = std::size_t{64} << 10U, kMaxContextBytes = 4096;

  /// `count` fresh keys, durable on return; gives the first of their numbers, the others follow it. Numbers
  /// begin with 1 and are given once. `exhausted` beyond kMaxKeys, `unavailable` while an epoch is open.
  /// After an error of the store the numbers may be taken, by keys that nobody ever uses. Permit: `seal`.
  [[nodiscard]] virtual Result<KeyNumber> create(const Permit& permit, std::uint32_t count) = 0;

  /// What the next new key will be given.
  [[nodiscard]] virtual KeyNumber next_number() const = 0;

  /// AES-256-GCM with a random 96-bit IV; at most 2^32 texts per key (NIST SP 800-38D §8.3). The result names
  /// the key's number and is bound to table, number and `context`. Permit: `seal`.
  [[nodiscard]] virtual Result<Bytes> encrypt(const Permit& permit, KeyNumber number, BytesView plaintext,
                                              BytesView context) = 0;
  /// Takes what encrypt gave. `corrupt` when bytes or context are not the ones. Permit: `open`.
  [[nodiscard]] virtual Result<SecretBytes> decrypt(const Permit& permit, BytesView sealed,
                                                    BytesView context) = 0;
};

/// Which number a ciphertext of some table was made under, by its own word. `corrupt` when it names none.
Result<KeyNumber> number_named_by(BytesView sealed);

}  // namespace quietus::records
