// RSASSA-PSS of crypto.hpp: one set of parameters, one form of key (RFC 8017 §8.1, RFC 4055 §3).
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>

#include "base/crypto.hpp"
#include "base/freed.hpp"

namespace quietus {
namespace {

using Key = std::unique_ptr<EVP_PKEY, Freed<&EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<&EVP_PKEY_CTX_free>>;
using BigNumber = std::unique_ptr<BIGNUM, Freed<&BN_free>>;

constexpr int kFewestBits = 3072, kMostBits = 4096, kSaltBytes = 32;
constexpr std::size_t kMaxSpkiBytes = 600;

bool has_our_exponent(const EVP_PKEY* key) {
  BIGNUM* read = nullptr;
  if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &read) != 1) return false;
  const BigNumber exponent(read);
  return BN_is_word(exponent.get(), RSA_F4) == 1;
}

/// Null unless it is rsaEncryption, encoded the one way, with 3072 to 4096 bits and e = 65537.
Key rsa_key_from(BytesView spki) {
  if (spki.empty() || spki.size() > kMaxSpkiBytes) return nullptr;
  const std::uint8_t* at = spki.data();
  Key key(d2i_PUBKEY(nullptr, &at, static_cast<long>(spki.size())));
  if (key == nullptr || at != spki.data() + spki.size() || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA)
    return nullptr;
  std::uint8_t* encoded = nullptr;
  const int size = i2d_PUBKEY(key.get(), &encoded);
  const bool same = size > 0 && std::ranges::equal(spki, BytesView(encoded, static_cast<std::size_t>(size)));
  OPENSSL_free(encoded);
  const int bits = EVP_PKEY_get_bits(key.get());
  if (!same || bits < kFewestBits || bits > kMostBits || bits % 8 != 0 || !has_our_exponent(key.get()))
    return nullptr;
  return key;
}

}  // namespace

bool is_rsa_key(BytesView spki_der) {
  const Key key = rsa_key_from(spki_der);
  ERR_clear_error();
  return key != nullptr;
}

Status verify_rsa_pss_digest(BytesView spki_der, BytesView digest, BytesView signature) {
  const auto refused = [](const char* why) {
    ERR_clear_error();
    return fail(ErrorKind::verification_failed, why);
  };
  const Key key = rsa_key_from(spki_der);
  if (key == nullptr) return refused("not an RSA public key of 3072 to 4096 bits with exponent 65537");
  if (digest.size() != Digest{}.value.size()) return refused("not a SHA-256 digest");
  if (signature.size() != static_cast<std::size_t>(EVP_PKEY_get_size(key.get())))
    return refused("the signature is not as long as the modulus");
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  const bool holds =
      context != nullptr && EVP_PKEY_verify_init(context.get()) == 1 &&
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING) == 1 &&
      EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) == 1 &&
      EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), EVP_sha256()) == 1 &&
      EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), kSaltBytes) == 1 &&
      EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(), digest.size()) == 1;
  if (!holds) return refused("the signature does not hold");
  return {};
}

Status verify_sha256(BytesView spki_der, BytesView message, BytesView signature) {
  if (!is_rsa_key(spki_der)) return verify_ecdsa_sha256(spki_der, message, signature);
  return verify_rsa_pss_digest(spki_der, sha256(message).view(), signature);
}

}  // namespace quietus
