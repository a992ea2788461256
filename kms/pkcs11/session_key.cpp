#include "kms/pkcs11/session_key.hpp"

#include "kms/pkcs11/operations.hpp"
#include "kms/pkcs11/wrapping.hpp"

namespace quietus::pkcs11 {

namespace {

class SessionKey final : public HsmSessionKey {
 public:
  SessionKey(std::weak_ptr<Token> token, CK_OBJECT_HANDLE object, SessionUse use, std::uint64_t generation)
      : object(object), use(use), generation(generation), token_(std::move(token)) {}
  ~SessionKey() override {
    if (const auto token = token_.lock()) token->session_objects.drop(object, generation);
  }
  SessionKey(const SessionKey&) = delete;
  SessionKey& operator=(const SessionKey&) = delete;

  const CK_OBJECT_HANDLE object;
  const SessionUse use;
  const std::uint64_t generation;

 private:
  const std::weak_ptr<Token> token_;  // the key does not keep the attachment alive; it ends with it
};

/// A failed unwrap leaves nothing half done in the owner session. Closing it would end everybody's keys: only
/// when it is dead.
void settle_owner(Token& token, Lease& owner) QUIETUS_REQUIRES(token.session_objects.mutex) {
  if (!owner.discarded()) return;
  if (token.logged_in(owner))
    owner.keep();
  else
    token.session_objects.end_owner();
}

Template template_for(const Token& token, SessionUse use) {
  if (use == SessionUse::cipher) return session_cipher_template();
  return session_wrapping_template(token.capabilities.unwrap_template);
}

template <class WrappingKey>
Result<HsmSessionKeyPtr> unwrap_in_owner(Token& token, const WrappingKey& wrapping, BytesView wrapped,
                                         SessionUse use) {
  const SessionObjectsLock lock(token.session_objects);
  QUIETUS_TRY(owner, token.session_objects.owner());
  auto object = unwrap(token, *owner, wrapping, wrapped, template_for(token, use));
  if (object)
    return std::make_shared<const SessionKey>(token.weak_from_this(), *object, use,
                                              token.session_objects.generation());
  settle_owner(token, *owner);
  return std::unexpected(std::move(object).error());
}

}  // namespace

Result<CK_OBJECT_HANDLE> session_object(Token& token, const HsmSessionKey& key, SessionUse use) {
  const auto* own = dynamic_cast<const SessionKey*>(&key);
  if (own == nullptr || own->generation != token.session_objects.generation())
    return fail(ErrorKind::not_found, "the session key has ended", "unwrap it again");
  if (own->use != use) return fail(ErrorKind::invalid_input, "this key is for another use");
  return own->object;
}

Result<HsmSessionKeyPtr> unwrap_key(Token& token, const HsmKeyRef& wrapping, BytesView wrapped) {
  QUIETUS_CHECK(check_wrapped(token, wrapping, wrapped));
  return unwrap_in_owner(token, wrapping, wrapped, SessionUse::cipher);
}

Result<HsmSessionKeyPtr> unwrap_key(Token& token, const HsmSessionKey& wrapping, BytesView wrapped) {
  QUIETUS_CHECK(check_wrapped(token, wrapping, wrapped));
  return unwrap_in_owner(token, wrapping, wrapped, SessionUse::cipher);
}

Result<HsmSessionKeyPtr> unwrap_wrapping_key(Token& token, const HsmKeyRef& wrapping, BytesView wrapped) {
  QUIETUS_CHECK(check_wrapped(token, wrapping, wrapped));
  return unwrap_in_owner(token, wrapping, wrapped, SessionUse::wrapping);
}

}  // namespace quietus::pkcs11
