// ECDSA of crypto.hpp: strict verification, and signing keys held in files (FIPS 186-5, SEC 1, RFC 5480, RFC
// 5958).
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/crypto.hpp"
#include "base/private_pem.hpp"

namespace quietus {
namespace {

using Key = std::unique_ptr<EVP_PKEY, Freed<&EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<&EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<&EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Freed<&ECDSA_SIG_free>>;

// RFC 5480 §2: everything of a SubjectPublicKeyInfo before the coordinates, for a named curve and an
// uncompressed point. Comparing bytes leaves no second spelling of the same key.
constexpr auto kP256Prefix = std::to_array<std::uint8_t>(
    {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
     0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04});
constexpr auto kP384Prefix =
    std::to_array<std::uint8_t>({0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02,
                                 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00, 0x04});
constexpr std::size_t kP256PointBytes = 64, kP384PointBytes = 96;

bool is_spki(BytesView der, BytesView prefix, std::size_t point_bytes) {
  return der.size() == prefix.size() + point_bytes && std::ranges::equal(der.first(prefix.size()), prefix);
}

Key public_key_from(BytesView spki) {
  if (!is_spki(spki, kP256Prefix, kP256PointBytes) && !is_spki(spki, kP384Prefix, kP384PointBytes))
    return nullptr;
  const std::uint8_t* at = spki.data();
  return Key(d2i_PUBKEY(nullptr, &at, static_cast<long>(spki.size())));
}

/// X.690 §11: exactly one encoding. BER variants and trailing bytes would be a second signature over the same
/// message.
bool is_der_signature(BytesView der) {
  constexpr std::size_t longest = 8 + 2 * 49;  // two INTEGERs of P-384
  if (der.empty() || der.size() > longest) return false;
  const std::uint8_t* at = der.data();
  const Signature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (signature == nullptr || at != der.data() + der.size()) return false;
  std::uint8_t* encoded = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &encoded);
  const bool same = size > 0 && std::ranges::equal(der, BytesView(encoded, static_cast<std::size_t>(size)));
  OPENSSL_free(encoded);
  return same;
}

bool is_p256(const EVP_PKEY* key) {
  std::array<char, 64> group{};
  std::size_t size = 0;
  return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
         EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size(), &size) ==
             1 &&
         std::strcmp(group.data(), "prime256v1") == 0;
}

bool halves_belong_together(EVP_PKEY* key) {
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  return context != nullptr && EVP_PKEY_pairwise_check(context.get()) == 1;
}

}  // namespace

Status verify_ecdsa_sha256(BytesView spki_der, BytesView message, BytesView signature_der) {
  return verify_ecdsa_digest(spki_der, sha256(message).view(), signature_der);
}

Status verify_ecdsa_digest(BytesView spki_der, BytesView digest, BytesView signature_der) {
  const auto refused = [](const char* why) {
    ERR_clear_error();
    return fail(ErrorKind::verification_failed, why);
  };
  const Key key = public_key_from(spki_der);
  if (key == nullptr) return refused("not a public key on P-256 or P-384 in DER");
  if (!is_der_signature(signature_der)) return refused("not an ECDSA signature in DER");
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  const bool holds = context != nullptr && EVP_PKEY_verify_init(context.get()) == 1 &&
                     EVP_PKEY_verify(context.get(), signature_der.data(), signature_der.size(), digest.data(),
                                     digest.size()) == 1;
  if (!holds) return refused("the signature does not hold");
  return {};
}

struct FileKey::State {
  PrivateKey key;
};
FileKey::FileKey() : state_(std::make_unique<State>()) {}
FileKey::FileKey(FileKey&&) noexcept = default;
FileKey& FileKey::operator=(FileKey&&) noexcept = default;
FileKey::~FileKey() = default;

Result<FileKey> FileKey::load(const std::string& path) {
  QUIETUS_TRY(key, read_private_pem(path));
  if (!is_p256(key.get()) || !halves_belong_together(key.get())) {
    ERR_clear_error();
    return fail(ErrorKind::invalid_input, path + " is not a P-256 key in PKCS#8 PEM without passphrase",
                "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 makes one");
  }
  FileKey loaded;
  loaded.state_->key = std::move(key);
  return std::move(loaded);
}

Result<FileKey> FileKey::generate() {
  QUIETUS_CHECK(prepare_for_private_keys());
  FileKey made;
  made.state_->key.reset(EVP_EC_gen("P-256"));
  if (made.state_->key == nullptr) return fail(ErrorKind::internal, "key generation failed");
  return std::move(made);
}

Status FileKey::save(const std::string& path) const { return write_private_pem(path, state_->key.get()); }

Bytes FileKey::public_key() const {
  std::uint8_t* encoded = nullptr;
  const int size = i2d_PUBKEY(state_->key.get(), &encoded);
  if (size <= 0) std::abort();  // a loaded or generated key always has a public half
  Bytes der(encoded, encoded + size);
  OPENSSL_free(encoded);
  return der;
}

Result<Bytes> FileKey::sign_sha256(BytesView message) const {
  const DigestContext context(EVP_MD_CTX_new());
  Bytes signature(static_cast<std::size_t>(EVP_PKEY_get_size(state_->key.get())));
  std::size_t size = signature.size();
  const bool good =
      context != nullptr &&
      EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, state_->key.get()) == 1 &&
      EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()) == 1;
  if (!good) return fail(ErrorKind::internal, "signing failed");
  signature.resize(size);
  return signature;
}

void* FileKey::native() const { return state_->key.get(); }

}  // namespace quietus
