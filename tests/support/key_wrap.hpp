// AES key wrap in software, for keys of 32 bytes: what a token does inside.
#pragma once

#include <openssl/evp.h>

#include <memory>

#include "quietus/bytes.hpp"
#include "quietus/result.hpp"

namespace quietus::testing {

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

/// RFC 3394 with the default initial value.
inline Result<Bytes> key_wrap(BytesView wrapping, BytesView key) {
  const CipherContext context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  Bytes wrapped(key.size() + 8);
  int size = 0;
  if (EVP_EncryptInit_ex(context.get(), EVP_aes_256_wrap(), nullptr, wrapping.data(), nullptr) != 1 ||
      EVP_EncryptUpdate(context.get(), wrapped.data(), &size, key.data(), static_cast<int>(key.size())) != 1)
    return fail(ErrorKind::hsm, "cannot wrap");
  return wrapped;
}

inline Result<Bytes> key_unwrap(BytesView wrapping, BytesView wrapped) {
  const CipherContext context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  Bytes key(wrapped.size() + 8);
  int size = 0;
  if (wrapped.size() != 40 ||
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_wrap(), nullptr, wrapping.data(), nullptr) != 1 ||
      EVP_DecryptUpdate(context.get(), key.data(), &size, wrapped.data(), static_cast<int>(wrapped.size())) !=
          1)
    return fail(ErrorKind::corrupt, "the wrapped key does not open");
  key.resize(static_cast<std::size_t>(size));
  return key;
}

}  // namespace quietus::testing
