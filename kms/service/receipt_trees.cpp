#include "kms/service/receipt_trees.hpp"

#include <algorithm>

namespace quietus::service {

Result<proof::KeyReceipt> ReceiptTrees::receipt(const KeyringId& keyring, KeyNumber number,
                                                const std::string& certificate, const Make& make) {
  const MutexLock lock(mutex_);
  const auto known = std::ranges::find_if(
      kept_, [&](const Kept& one) { return one.keyring == keyring && one.certificate == certificate; });
  if (known != kept_.end()) {
    kept_.splice(kept_.begin(), kept_, known);
    if (auto receipt = known->tree.receipt(number, certificate)) return receipt;
    kept_.pop_front();  // one certificate may speak of keys that went with two roots
  }
  QUIETUS_TRY(tree, make());
  kept_.push_front({keyring, certificate, std::move(tree)});
  make_room();
  return kept_.front().tree.receipt(number, certificate);
}

void ReceiptTrees::make_room() {
  std::uint64_t numbers = 0;
  auto last = kept_.begin();
  for (; last != kept_.end(); ++last) {
    numbers += last->tree.size();
    if (last != kept_.begin() && numbers > max_numbers_) break;
  }
  kept_.erase(last, kept_.end());
}

}  // namespace quietus::service
