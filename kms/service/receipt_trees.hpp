// The trees that receipts are taken from, of those batches of destroyed keys that somebody asked about last:
// making one costs three hashes a number, and a batch may have a million.
#pragma once

#include <functional>
#include <list>

#include "base/mutex.hpp"
#include "proof/key_receipt.hpp"
#include "quietus/ids.hpp"

namespace quietus::service {

class ReceiptTrees {
 public:
  /// As many numbers are kept, at 110 bytes each; the newest tree always is.
  explicit ReceiptTrees(std::uint64_t max_numbers = proof::kMaxReceipts) : max_numbers_(max_numbers) {}

  using Make = std::function<Result<proof::KeyReceipts>()>;
  /// The receipt of a number that has its certificate: from a tree that is kept, or from the one that `make`
  /// gives, which then is. Whoever asks meanwhile waits, instead of making the same tree again.
  Result<proof::KeyReceipt> receipt(const KeyringId& keyring, KeyNumber number,
                                    const std::string& certificate, const Make& make);

 private:
  struct Kept {
    KeyringId keyring;
    std::string certificate;
    proof::KeyReceipts tree;
  };
  void make_room() QUIETUS_REQUIRES(mutex_);

  const std::uint64_t max_numbers_;
  Mutex mutex_;
  std::list<Kept> kept_ QUIETUS_GUARDED_BY(mutex_);  // the last one used first
};

}  // namespace quietus::service
