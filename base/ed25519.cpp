#include "base/ed25519.hpp"

#include <openssl/err.h>

#include <utility>

#include "base/private_pem.hpp"

namespace quietus {
namespace {

using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<&EVP_MD_CTX_free>>;
constexpr std::size_t kSignatureBytes = 64;

}  // namespace

Status verify_ed25519(const Ed25519PublicKey& key, BytesView message, BytesView signature) {
  const PrivateKey half(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
  const DigestContext context(EVP_MD_CTX_new());
  const bool holds = half != nullptr && context != nullptr && signature.size() == kSignatureBytes &&
                     EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, half.get()) == 1 &&
                     EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                                      message.size()) == 1;
  ERR_clear_error();
  if (!holds) return fail(ErrorKind::verification_failed, "the Ed25519 signature does not hold");
  return {};
}

struct Ed25519Key::State {
  PrivateKey key;
};
Ed25519Key::Ed25519Key() : state_(std::make_unique<State>()) {}
Ed25519Key::Ed25519Key(Ed25519Key&&) noexcept = default;
Ed25519Key& Ed25519Key::operator=(Ed25519Key&&) noexcept = default;
Ed25519Key::~Ed25519Key() = default;

Result<Ed25519Key> Ed25519Key::load(const std::string& path) {
  QUIETUS_TRY(key, read_private_pem(path));
  if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519)
    return fail(ErrorKind::invalid_input, path + " is not an Ed25519 key",
                "openssl genpkey -algorithm ED25519");
  Ed25519Key loaded;
  loaded.state_->key = std::move(key);
  return loaded;
}

Result<Ed25519Key> Ed25519Key::generate() {
  QUIETUS_CHECK(prepare_for_private_keys());
  Ed25519Key made;
  made.state_->key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (made.state_->key == nullptr) return fail(ErrorKind::internal, "key generation failed");
  return made;
}

Status Ed25519Key::save(const std::string& path) const { return write_private_pem(path, state_->key.get()); }

Ed25519PublicKey Ed25519Key::public_key() const {
  Ed25519PublicKey half{};
  std::size_t size = half.size();
  // A loaded or generated key always has a public half.
  if (EVP_PKEY_get_raw_public_key(state_->key.get(), half.data(), &size) != 1 || size != half.size())
    std::abort();
  return half;
}

Result<Bytes> Ed25519Key::sign(BytesView message) const {
  const DigestContext context(EVP_MD_CTX_new());
  Bytes signature(kSignatureBytes);
  std::size_t size = signature.size();
  const bool good =
      context != nullptr &&
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, state_->key.get()) == 1 &&
      EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) == 1;
  if (!good || size != kSignatureBytes) return fail(ErrorKind::internal, "signing failed");
  return signature;
}

}  // namespace quietus
