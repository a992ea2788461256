// Where the rows of a keyring lie in table "keyrings". Numbers are padded, so that rows come in their order.
#pragma once

#include <string>

#include "kms/keyrings/sheet.hpp"

namespace quietus::keyrings {

inline constexpr const char* kTable = "keyrings";

/// Of every row of the keyring.
std::string keyring_prefix(const KeyringId& keyring);
std::string head_key(const KeyringId& keyring);
/// There from before the keyring's token keys are made until its head is written.
std::string creating_key(const KeyringId& keyring);
std::string sheet_key(const KeyringId& keyring, std::uint64_t epoch);
std::string additions_prefix(const KeyringId& keyring, std::uint64_t epoch);
std::string addition_key(const KeyringId& keyring, std::uint64_t epoch, const KeyVersion& key);
std::string cards_prefix(const KeyringId& keyring);
std::string card_key(const KeyringId& keyring, KeyNumber number);
/// Whether a row holds wrapped keys of another epoch than this one.
bool is_of_other_epoch(const KeyringId& keyring, const std::string& row_key, std::uint64_t epoch);
/// Everything that holds wrapped keys, of all epochs.
std::string epochs_prefix(const KeyringId& keyring);

}  // namespace quietus::keyrings
