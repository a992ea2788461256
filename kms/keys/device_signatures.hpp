// Signatures and MACs under a device key. A message enters as it is and is hashed here, or as its digest.
#pragma once

#include "kms/keys/key_room.hpp"

namespace quietus::keys {

enum class MessageType { raw, digest };

/// ECDSA, DER Ecdsa-Sig-Value (RFC 3279 §2.2.3); SHA-256 on P-256, SHA-384 on P-384. Permit: `seal` on the
/// key's id, one use. `invalid_input` when a digest has another length than the curve's.
Result<Bytes> sign(Hsm& hsm, const Permit& permit, UnixMs now, const KeyRef& key, KeyAlgorithm algorithm,
                   BytesView message, MessageType type);
/// Under the public key that the token gives out. Permit: `open` on the key's id, one use.
/// `verification_failed` when the signature does not hold.
Status verify(Hsm& hsm, const Permit& permit, UnixMs now, const KeyRef& key, KeyAlgorithm algorithm,
              BytesView message, MessageType type, BytesView signature);

/// HMAC-SHA-256, 32 bytes. Permit: `seal` on the key's id, one use.
Result<Bytes> generate_mac(Hsm& hsm, const Permit& permit, UnixMs now, const KeyRef& key, BytesView message);
/// Permit: `open` on the key's id, one use. `verification_failed` when it is another one, or shortened.
Status verify_mac(Hsm& hsm, const Permit& permit, UnixMs now, const KeyRef& key, BytesView message,
                  BytesView mac);

}  // namespace quietus::keys
