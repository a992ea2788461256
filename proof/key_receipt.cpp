#include "proof/key_receipt.hpp"

#include <algorithm>

#include "proof/document_parts.hpp"

namespace quietus::proof {

namespace {

Status check_keys(const std::vector<SaltedNumber>& keys) {
  if (keys.empty() || keys.size() > kMaxReceipts)
    return fail(ErrorKind::invalid_input, "receipts are for 1 to 1,000,000 keys");
  const bool good = std::ranges::all_of(
      keys, [](const SaltedNumber& key) { return key.number.value > 0 && key.salt != Digest{}; });
  if (!good) return fail(ErrorKind::invalid_input, "a receipt is for a number, with a salt of its own");
  return {};
}

}  // namespace

Result<KeyReceipts> KeyReceipts::make(const KeyringId& keyring, const std::vector<SaltedNumber>& keys) {
  QUIETUS_CHECK(check_keys(keys));
  KeyReceipts receipts;
  receipts.keyring_ = keyring;
  for (const SaltedNumber& key : keys) receipts.leaves_.push_back({key, 0});
  auto& leaves = receipts.leaves_;
  const auto number = [](const Leaf& leaf) { return leaf.key.number; };
  std::ranges::sort(leaves, {}, number);
  if (std::ranges::adjacent_find(leaves, {}, number) != leaves.end())
    return fail(ErrorKind::invalid_input, "a key has one receipt");

  std::vector<std::pair<Digest, std::uint32_t>> order;  // commitment, and whose it is
  order.reserve(leaves.size());
  for (std::uint32_t i = 0; i < leaves.size(); ++i) order.emplace_back(commitment(keyring, leaves[i].key), i);
  std::ranges::sort(order);
  for (const auto& [leaf, owner] : order)
    leaves[owner].index = static_cast<std::uint32_t>(receipts.tree_.append(leaf.view()));
  return receipts;
}

Result<KeyReceipt> KeyReceipts::receipt(KeyNumber number, const std::string& certificate) const {
  const auto found =
      std::ranges::lower_bound(leaves_, number, {}, [](const Leaf& leaf) { return leaf.key.number; });
  if (found == leaves_.end() || found->key.number != number)
    return fail(ErrorKind::not_found, "key " + keyring_.text() + "." + std::to_string(number.value) +
                                          " is not one of those that were destroyed");
  QUIETUS_TRY(path, tree_.inclusion_proof(found->index, tree_.size()));
  return KeyReceipt{certificate, keyring_, found->key, found->index, std::move(path)};
}

Json to_json(const KeyReceipt& receipt) {
  return Json::Object{{"certificate", receipt.certificate},
                      {"index", receipt.index},
                      {"keyring", receipt.keyring.text()},
                      {"number", receipt.key.number.value},
                      {"path", digests_json(receipt.path)},
                      {"salt", hex(receipt.key.salt)},
                      {"type", kKeyReceiptType}};
}

Bytes encode(const KeyReceipt& receipt) { return to_bytes(to_json(receipt).write()); }

Result<KeyReceipt> decode_key_receipt(BytesView bytes) {
  QUIETUS_TRY(json, Json::parse_canonical(as_text(bytes), 1 << 12));
  ObjectReader reader(json, "key receipt");
  expect_type(reader, kKeyReceiptType);
  KeyReceipt receipt;
  receipt.certificate = reader.text("certificate", 64);
  receipt.keyring = reader.parsed(reader.text("keyring"), &KeyringId::parse);
  receipt.key.number.value = static_cast<std::uint32_t>(reader.integer("number", 1, UINT32_MAX));
  receipt.key.salt = reader.digest("salt");
  receipt.index = static_cast<std::uint64_t>(reader.integer("index", 0, kMaxReceipts - 1));
  receipt.path = read_digests(reader, "path");
  if (receipt.path.size() > kMaxReceiptPath) reader.reject("the path is longer than any tree is high");
  return finished(reader, std::move(receipt));
}

Status verify_key_receipt(const KeyReceipt& receipt, const std::string& certificate, const Digest& root,
                          std::uint64_t size) {
  if (receipt.certificate != certificate)
    return fail(ErrorKind::verification_failed,
                "the receipt is for certificate " + receipt.certificate + ", not for " + certificate,
                "fetch the bundle of the certificate that the receipt names");
  const Digest leaf = commitment(receipt.keyring, receipt.key);
  return verify_inclusion(leaf_hash(leaf.view()), receipt.index, size, receipt.path, root);
}

}  // namespace quietus::proof
