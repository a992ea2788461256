#include "kms/keyrings/row_keys.hpp"

namespace quietus::keyrings {

namespace {

std::string padded(std::uint64_t number, std::size_t width) {
  const std::string digits = std::to_string(number);
  return std::string(digits.size() < width ? width - digits.size() : 0, '0') + digits;
}

std::string epoch_prefix(const KeyringId& keyring, std::uint64_t epoch) {
  return epochs_prefix(keyring) + padded(epoch, 12) + "/";
}

}  // namespace

std::string keyring_prefix(const KeyringId& keyring) { return keyring.text() + "/"; }
std::string head_key(const KeyringId& keyring) { return keyring.text() + "/head"; }
std::string creating_key(const KeyringId& keyring) { return keyring.text() + "/creating"; }
std::string epochs_prefix(const KeyringId& keyring) { return keyring.text() + "/epoch/"; }
std::string sheet_key(const KeyringId& keyring, std::uint64_t epoch) {
  return epoch_prefix(keyring, epoch) + "sheet";
}
std::string additions_prefix(const KeyringId& keyring, std::uint64_t epoch) {
  return epoch_prefix(keyring, epoch) + "new/";
}
std::string addition_key(const KeyringId& keyring, std::uint64_t epoch, const KeyVersion& key) {
  return additions_prefix(keyring, epoch) + padded(key.number.value, 10) + "." + padded(key.version, 10);
}
std::string cards_prefix(const KeyringId& keyring) { return keyring.text() + "/key/"; }
std::string card_key(const KeyringId& keyring, KeyNumber number) {
  return cards_prefix(keyring) + padded(number.value, 10);
}
bool is_of_other_epoch(const KeyringId& keyring, const std::string& row_key, std::uint64_t epoch) {
  return row_key.starts_with(epochs_prefix(keyring)) && !row_key.starts_with(epoch_prefix(keyring, epoch));
}

}  // namespace quietus::keyrings
