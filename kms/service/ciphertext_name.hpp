// Every ciphertext names the key that made it. Those of a device key and of a keyring of class `wrapped` do
// so themselves; those of a record table name their number, and get the table's name here:
//
//   "QRC1" keyring(1+n) what the table gave
#pragma once

#include <string>

#include "quietus/bytes.hpp"
#include "quietus/ids.hpp"
#include "quietus/result.hpp"

namespace quietus::service {

/// Text id of the key, as the API takes it. `corrupt` when the bytes name none. A name is a claim: whether
/// the ciphertext opens under that key shows whether it is true.
Result<std::string> key_named_by(BytesView ciphertext);

Bytes name_record(const KeyringId& table, BytesView sealed);
/// What the table gave, out of name_record().
Result<BytesView> record_of(BytesView ciphertext);

}  // namespace quietus::service
