#include "kms/pkcs11/session_key.hpp"

#include "kms/pkcs11/operations.hpp"
#include "kms/pkcs11/wrapping.hpp"

namespace quietus::pkcs11 {

namespace {

class SessionKey final : public HsmSessionKey {
 public:
  SessionKey(std::weak_ptr<Token> token, CK_OBJECT_HANDLE object, std::uint64_t generation)
      : object(object), generation(generation), token_(std::move(token)) {}
  ~SessionKey() override {
    if (const auto token = token_.lock()) token->session_objects.drop(object, generation);
  }
  SessionKey(const SessionKey&) = delete;
  SessionKey& operator=(const SessionKey&) = delete;

  const CK_OBJECT_HANDLE object;
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

Result<HsmSessionKeyPtr> unwrap_in_owner(Token& token, const HsmKeyRef& wrapping, BytesView wrapped) {
  const SessionObjectsLock lock(token.session_objects);
  QUIETUS_TRY(owner, token.session_objects.owner());
  auto object = unwrap(token, *owner, wrapping, wrapped, session_cipher_template());
  if (object)
    return std::make_shared<const SessionKey>(token.weak_from_this(), *object,
                                              token.session_objects.generation());
  settle_owner(token, *owner);
  return std::unexpected(std::move(object).error());
}

}  // namespace

Result<CK_OBJECT_HANDLE> session_object(Token& token, const HsmSessionKey& key) {
  const auto* own = dynamic_cast<const SessionKey*>(&key);
  if (own != nullptr && own->generation == token.session_objects.generation()) return own->object;
  return fail(ErrorKind::not_found, "the session key has ended", "unwrap it again");
}

Result<HsmSessionKeyPtr> unwrap_key(Token& token, const HsmKeyRef& wrapping, BytesView wrapped) {
  QUIETUS_CHECK(check_wrapped(token, wrapping, wrapped));
  return unwrap_in_owner(token, wrapping, wrapped);
}

}  // namespace quietus::pkcs11
