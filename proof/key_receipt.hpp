// A receipt for one destroyed key of a keyring: what its owner is given, to find his key in a certificate
// that speaks of a million without naming one. Leaves of an RFC 6962 tree are salted commitments, sorted by
// value, so that neither a path nor a place in the tree says anything about other numbers. To forget the
// salts is to forget whose keys they were.
#pragma once

#include <cstdint>
#include <vector>

#include "base/json.hpp"
#include "base/key_commitment.hpp"
#include "proof/merkle.hpp"
#include "quietus/certificate.hpp"

namespace quietus::proof {

inline constexpr std::string_view kKeyReceiptType = "quietus.key-receipt/1";
inline constexpr std::size_t kMaxReceipts = 1'000'000;
inline constexpr std::size_t kMaxReceiptPath = 20;  ///< a tree of a million leaves

struct KeyReceipt {
  std::string certificate;  ///< id of the one that speaks of the key; where to look, not what shows it
  KeyringId keyring;
  SaltedNumber key;
  std::uint64_t index = 0;   ///< of its leaf
  std::vector<Digest> path;  ///< RFC 9162 §2.1.3: the leaf's sibling first
  bool operator==(const KeyReceipt&) const = default;
};

/// Everything that went with one root. About 110 bytes a number; making it costs three hashes a number.
class KeyReceipts {
 public:
  /// `invalid_input`: no number or more than kMaxReceipts, a number 0 or twice, a number without a salt.
  static Result<KeyReceipts> make(const KeyringId& keyring, const std::vector<SaltedNumber>& keys);

  [[nodiscard]] Digest root() const { return tree_.root(); }
  [[nodiscard]] std::uint64_t size() const { return tree_.size(); }
  /// `not_found` for a number that did not go.
  [[nodiscard]] Result<KeyReceipt> receipt(KeyNumber number, const std::string& certificate) const;

 private:
  struct Leaf {
    SaltedNumber key;
    std::uint32_t index = 0;
  };
  KeyringId keyring_;
  std::vector<Leaf> leaves_;  // sorted by number
  MerkleTree tree_;
};

Json to_json(const KeyReceipt& receipt);
Bytes encode(const KeyReceipt& receipt);
/// Canonical bytes only.
Result<KeyReceipt> decode_key_receipt(BytesView bytes);

/// Offline: the receipt is about that certificate, and its key is one of the `size` that went under `root`.
/// `verification_failed` otherwise.
Status verify_key_receipt(const KeyReceipt& receipt, const std::string& certificate, const Digest& root,
                          std::uint64_t size);

}  // namespace quietus::proof
