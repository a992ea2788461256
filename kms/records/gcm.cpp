#include "kms/records/gcm.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <climits>
#include <cstdlib>

namespace quietus::records {

namespace {

/// Fetched once: a look-up by name costs as much as sealing a page.
const EVP_CIPHER* aes_256_gcm() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  return cipher;
}

bool add(EVP_CIPHER_CTX* context, std::uint8_t* out, BytesView in) {
  int written = 0;
  return in.empty() || EVP_CipherUpdate(context, out, &written, in.data(), static_cast<int>(in.size())) == 1;
}

bool begin(EVP_CIPHER_CTX* context, BytesView key, BytesView nonce, std::initializer_list<BytesView> aad,
           int encrypting) {
  assert(key.size() == kKeyBytes && nonce.size() == kNonceBytes);
  return EVP_CipherInit_ex2(context, aes_256_gcm(), key.data(), nonce.data(), encrypting, nullptr) == 1 &&
         std::ranges::all_of(aad, [&](BytesView part) { return add(context, nullptr, part); });
}

}  // namespace

void Gcm::Free::operator()(evp_cipher_ctx_st* context) const { EVP_CIPHER_CTX_free(context); }

Gcm::Gcm() : context_(EVP_CIPHER_CTX_new()) {
  if (context_ == nullptr || aes_256_gcm() == nullptr) std::abort();
}

Status Gcm::seal(BytesView key, BytesView nonce, std::initializer_list<BytesView> aad, BytesView plaintext,
                 std::span<std::uint8_t> out) {
  assert(out.size() == plaintext.size() + kTagBytes && plaintext.size() <= INT_MAX);
  std::uint8_t* const tag = out.data() + plaintext.size();
  int written = 0;
  const bool good = begin(context_.get(), key, nonce, aad, 1) && add(context_.get(), out.data(), plaintext) &&
                    EVP_CipherFinal_ex(context_.get(), tag, &written) == 1 &&
                    EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, tag) == 1;
  return good ? Status{} : fail(ErrorKind::internal, "AES-256-GCM failed");
}

Status Gcm::open(BytesView key, BytesView nonce, std::initializer_list<BytesView> aad, BytesView sealed,
                 std::span<std::uint8_t> out) {
  assert(sealed.size() >= kTagBytes && out.size() == sealed.size() - kTagBytes);
  std::array<std::uint8_t, kTagBytes> tag;
  std::ranges::copy(sealed.last(kTagBytes), tag.begin());
  std::array<std::uint8_t, kTagBytes> rest;
  int written = 0;
  const bool good = begin(context_.get(), key, nonce, aad, 0) &&
                    add(context_.get(), out.data(), sealed.first(out.size())) &&
                    EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) == 1 &&
                    EVP_CipherFinal_ex(context_.get(), rest.data(), &written) == 1;
  if (good) return {};
  // SP 800-38D §7.2: nothing of a text whose tag does not hold may be seen.
  OPENSSL_cleanse(out.data(), out.size());
  return fail(ErrorKind::corrupt, "sealed text does not match its tag");
}

void draw_keys(std::span<std::uint8_t> out) {
  assert(out.size() <= INT_MAX);
  if (RAND_priv_bytes(out.data(), static_cast<int>(out.size())) != 1) std::abort();
}

}  // namespace quietus::records
