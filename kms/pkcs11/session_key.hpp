// An unwrapped key in everyday use: SENSITIVE, not EXTRACTABLE; either ENCRYPT and DECRYPT, or WRAP and
// UNWRAP.
#pragma once

#include "kms/pkcs11/objects.hpp"
#include "kms/pkcs11/token.hpp"

namespace quietus::pkcs11 {

enum class SessionUse { cipher, wrapping };

/// The object of a session key; `not_found` when it has ended, or when another HSM gave the key out;
/// `invalid_input` when it is for the other use.
Result<CK_OBJECT_HANDLE> session_object(Token& token, const HsmSessionKey& key, SessionUse use);
constexpr SessionUse use_in(Operation operation) {
  const bool wraps = operation == Operation::wrap || operation == Operation::unwrap;
  return wraps ? SessionUse::wrapping : SessionUse::cipher;
}

/// Runs `act(handle) -> CK_RV` on a session key, as use_key does on a token key. An ended key cannot be
/// looked up again: whoever holds the wrapped key unwraps it once more.
template <class Act>
Status use_key(Token& token, Lease& lease, Operation operation, const HsmSessionKey& key, CK_OBJECT_CLASS,
               Act act) {
  QUIETUS_TRY(object, session_object(token, key, use_in(operation)));
  const CK_RV rv = act(KeyHandle{object, CKO_SECRET_KEY, 0});
  if (rv == CKR_OK) return {};
  if (!is_stale_handle(rv)) return token.failed(lease, operation, rv);
  QUIETUS_CHECK(token.present(lease));
  return fail(ErrorKind::not_found, "the session key has ended", "unwrap it again");
}

}  // namespace quietus::pkcs11
