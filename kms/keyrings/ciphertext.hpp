// What a keyring's key gives back for a plaintext: it names its key itself, and nothing of an epoch, so that
// it stays good for as long as the key lives.
//
//   "QCT1" keyring(1+n) number(4) version(4) iv(12) ciphertext tag(16)
//
// Everything before the iv is associated data, followed by the caller's context: a ciphertext cannot be
// passed off as another key's.
#pragma once

#include "kms/keyrings/sheet.hpp"
#include "quietus/bytes.hpp"
#include "quietus/ids.hpp"

namespace quietus::keyrings {

struct Ciphertext {
  KeyringId keyring;
  KeyVersion key;
  BytesView sealed;  ///< iv ‖ ciphertext ‖ tag, within the bytes that were read
};

Bytes ciphertext_header(const KeyringId& keyring, const KeyVersion& key);
Bytes associated_data(const KeyringId& keyring, const KeyVersion& key, BytesView context);
/// `corrupt` when the bytes do not name a key. Whether they open is another matter.
Result<Ciphertext> read_ciphertext(BytesView bytes);

}  // namespace quietus::keyrings
