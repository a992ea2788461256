// One table from (operation, CK_RV) to our closed list of error kinds. The operation matters: the same code
// means a bad ciphertext in one place and a broken token in another.
#pragma once

#include <p11-kit/pkcs11.h>

#include "kms/pkcs11/profile.hpp"
#include "quietus/result.hpp"

namespace quietus::pkcs11 {

enum class Operation {
  attach,
  login,
  session,
  inspect,
  random,
  generate,
  find,
  read,
  encrypt,
  decrypt,
  sign,
  mac,
  wrap,
  unwrap,
  destroy,
  data
};

/// Message, next step and `ck_rv` are filled in. Codes that the table does not list are `hsm`.
Error translate(Operation operation, CK_RV rv, const Quirks& quirks);

/// The handle no longer names an object: look it up again before believing that the key is gone.
inline bool is_stale_handle(CK_RV rv) {
  return rv == CKR_KEY_HANDLE_INVALID || rv == CKR_OBJECT_HANDLE_INVALID ||
         rv == CKR_WRAPPING_KEY_HANDLE_INVALID || rv == CKR_UNWRAPPING_KEY_HANDLE_INVALID;
}

}  // namespace quietus::pkcs11
