// A session object that lives for one call at most.
#pragma once

#include "kms/pkcs11/templates.hpp"
#include "kms/pkcs11/token.hpp"

namespace quietus::pkcs11 {

/// Destroyed on every path out of the call. When the token does not do it, the end of the session does, whose
/// lease must outlive this.
class TemporaryObject {
 public:
  TemporaryObject(Token& token, Lease& lease, CK_OBJECT_HANDLE object)
      : token_(token), lease_(lease), object_(object) {}
  TemporaryObject(const TemporaryObject&) = delete;
  TemporaryObject& operator=(const TemporaryObject&) = delete;
  ~TemporaryObject() {
    const SessionObjectsLock lock(token_.session_objects);
    if (token_.lost() || token_.module->C_DestroyObject(lease_.handle(), object_) != CKR_OK) lease_.discard();
  }
  [[nodiscard]] CK_OBJECT_HANDLE object() const { return object_; }

 private:
  Token& token_;
  Lease& lease_;
  const CK_OBJECT_HANDLE object_;
};

/// The handle of a fresh session object; the caller puts it into a TemporaryObject at once.
inline Result<CK_OBJECT_HANDLE> generate_session_object(Token& token, Lease& lease, CK_MECHANISM_TYPE type,
                                                        Template wanted) {
  wanted = fitted(std::move(wanted), token.profile.quirks);
  CK_MECHANISM mechanism{type, nullptr, 0};
  CK_OBJECT_HANDLE object = 0;
  const SessionObjectsLock lock(token.session_objects);
  const CK_RV rv =
      token.module->C_GenerateKey(lease.handle(), &mechanism, wanted.data(), wanted.size(), &object);
  if (rv != CKR_OK) return token.failed(lease, Operation::generate, rv);
  return object;
}

/// As use_key of a token key, for an object that nobody can look up.
template <class Act>
Status use_key(Token& token, Lease& lease, Operation operation, const TemporaryObject& key, CK_OBJECT_CLASS,
               Act act) {
  const CK_RV rv = act(KeyHandle{key.object(), CKO_SECRET_KEY, 0});
  if (rv != CKR_OK) return token.failed(lease, operation, rv);
  return {};
}

}  // namespace quietus::pkcs11
