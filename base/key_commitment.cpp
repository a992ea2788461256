#include "base/key_commitment.hpp"

#include "base/crypto.hpp"

namespace quietus {

Digest commitment(const KeyringId& keyring, const SaltedNumber& key) {
  Bytes text = to_bytes("quietus.receipt/1");
  text.insert(text.end(), key.salt.value.begin(), key.salt.value.end());
  const std::string name = keyring.text() + "." + std::to_string(key.number.value);
  text.insert(text.end(), name.begin(), name.end());
  return sha256(text);
}

Digest numbers_digest(const std::vector<KeyNumber>& numbers) {
  Bytes text;
  text.reserve(4 * numbers.size());
  for (const KeyNumber number : numbers) {
    for (const int shift : {24, 16, 8, 0}) text.push_back(static_cast<std::uint8_t>(number.value >> shift));
  }
  return sha256(text);
}

}  // namespace quietus
