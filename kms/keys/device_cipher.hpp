// Data under a device key itself, for what is small enough to go through the HSM (64 KiB).
//
//   "QDC1" key(1+n) iv(12) ciphertext tag(16)
//
// The ciphertext names its key; everything before the iv is associated data, followed by the caller's
// context, so that it cannot be passed off as another key's.
#pragma once

#include "kms/keys/key_room.hpp"

namespace quietus::keys {

inline constexpr std::string_view kDeviceCiphertextMagic = "QDC1";

/// Which key made it, by its own word. `corrupt` when it names none.
Result<KeyId> key_named_by(BytesView ciphertext);

/// Permit: `seal` on the key's id, one use.
Result<Bytes> encrypt(Hsm& hsm, const Permit& permit, UnixMs now, const KeyRef& key, BytesView plaintext,
                      BytesView context);
/// Takes what encrypt gave. Permit: `open` on the key's id, one use. `corrupt` when key, context or bytes are
/// not the ones it was made with.
Result<SecretBytes> decrypt(Hsm& hsm, const Permit& permit, UnixMs now, const KeyRef& key,
                            BytesView ciphertext, BytesView context);

}  // namespace quietus::keys
