#include "base/crypto.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstdlib>
#include <cstring>

#include "base/freed.hpp"

namespace quietus {
namespace {

using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<&EVP_MD_CTX_free>>;
using CipherContext =
    std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;  // free cleanses the schedule

constexpr std::size_t kKeyBytes = 32, kNonceBytes = 12, kTagBytes = 16, kBlockBytes = 16;

/// Without a working digest or generator nothing this program says could be believed.
void require(bool holds) {
  if (!holds) std::abort();
}

CipherContext new_context() {
  CipherContext context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  require(context != nullptr);
  return context;
}

Status check_gcm_sizes(const SecretBytes& key, BytesView nonce, BytesView aad, BytesView text) {
  if (key.size() != kKeyBytes || nonce.size() != kNonceBytes) {
    return fail(ErrorKind::invalid_input, "AES-256-GCM takes a key of 32 and a nonce of 12 bytes");
  }
  if (aad.size() > INT_MAX - kTagBytes || text.size() > INT_MAX - kTagBytes) {
    return fail(ErrorKind::exhausted, "too long for one AES-256-GCM message");
  }
  return {};
}

bool update(EVP_CIPHER_CTX* context, std::uint8_t* out, BytesView in) {
  int written = 0;
  return in.empty() || EVP_CipherUpdate(context, out, &written, in.data(), static_cast<int>(in.size())) == 1;
}

/// Fetched once: EVP_sha256() would look for a provider at every use, which costs more than the hash itself.
const EVP_MD* sha256_method() {
  static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  require(method != nullptr);
  return method;
}

// Bytes for ids, which are no secrets: the generator is asked for many at a time. A child that was forked
// draws its own.
std::uint8_t id_byte() {
  constexpr std::size_t kAtATime = 512;
  thread_local Bytes drawn;
  thread_local pid_t drawn_by = 0;
  if (drawn.empty() || drawn_by != ::getpid()) {
    drawn = random_bytes(kAtATime);
    drawn_by = ::getpid();
  }
  const std::uint8_t byte = drawn.back();
  drawn.pop_back();
  return byte;
}

}  // namespace

Digest sha256(BytesView bytes) {
  // One for each thread: making a context costs more than hashing a short text.
  thread_local const DigestContext context{EVP_MD_CTX_new()};
  Digest digest;
  require(context != nullptr && EVP_DigestInit_ex(context.get(), sha256_method(), nullptr) == 1 &&
          EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1 &&
          EVP_DigestFinal_ex(context.get(), digest.value.data(), nullptr) == 1);
  return digest;
}

Bytes sha384(BytesView bytes) {
  Bytes digest(48);
  require(EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha384(), nullptr) == 1);
  return digest;
}

Bytes sha512(BytesView bytes) {
  Bytes digest(64);
  require(EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha512(), nullptr) == 1);
  return digest;
}

struct Sha256::State {
  DigestContext context{EVP_MD_CTX_new()};
};
Sha256::Sha256() : state_(std::make_unique<State>()) {
  require(EVP_DigestInit_ex(state_->context.get(), sha256_method(), nullptr) == 1);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
void Sha256::update(BytesView bytes) {
  require(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1);
}
Digest Sha256::finish() {
  Digest digest;
  require(EVP_DigestFinal_ex(state_->context.get(), digest.value.data(), nullptr) == 1);
  return digest;
}

Bytes random_bytes(std::size_t size_bytes) {
  Bytes out(size_bytes);
  for (std::size_t at = 0; at < size_bytes; at += INT_MAX) {
    const auto part = static_cast<int>(std::min<std::size_t>(INT_MAX, size_bytes - at));
    require(RAND_bytes(out.data() + at, part) == 1);
  }
  return out;
}

Digest random_digest() {
  Digest digest;
  require(RAND_bytes(digest.value.data(), static_cast<int>(digest.value.size())) == 1);
  return digest;
}

std::string random_id(std::string_view prefix) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  constexpr std::size_t id_letters = 12;
  constexpr std::uint8_t unbiased = 252;  // the largest multiple of 36 in a byte
  std::string id = std::string(prefix) + "-";
  const std::size_t full = id.size() + id_letters;
  while (id.size() < full) {
    const std::uint8_t byte = id_byte();
    if (byte < unbiased) id += letters[byte % letters.size()];
  }
  return id;
}

Result<Bytes> aes_256_gcm_seal(const SecretBytes& key, BytesView nonce12, BytesView aad,
                               BytesView plaintext) {
  QUIETUS_CHECK(check_gcm_sizes(key, nonce12, aad, plaintext));
  const CipherContext context = new_context();
  Bytes sealed(plaintext.size() + kTagBytes);
  std::uint8_t* const tag = sealed.data() + plaintext.size();
  int written = 0;
  const bool good = EVP_CipherInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.view().data(),
                                      nonce12.data(), 1) == 1 &&
                    update(context.get(), nullptr, aad) && update(context.get(), sealed.data(), plaintext) &&
                    EVP_CipherFinal_ex(context.get(), tag, &written) == 1 &&
                    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, tag) == 1;
  if (!good) return fail(ErrorKind::internal, "AES-256-GCM failed");
  return sealed;
}

Result<Bytes> aes_256_gcm_open(const SecretBytes& key, BytesView nonce12, BytesView aad, BytesView sealed) {
  QUIETUS_CHECK(check_gcm_sizes(key, nonce12, aad, sealed));
  if (sealed.size() < kTagBytes) return fail(ErrorKind::corrupt, "sealed text is shorter than its tag");
  const BytesView ciphertext = sealed.first(sealed.size() - kTagBytes);
  std::array<std::uint8_t, kTagBytes> tag;
  std::ranges::copy(sealed.last(kTagBytes), tag.begin());
  const CipherContext context = new_context();
  Bytes plaintext(ciphertext.size());
  std::array<std::uint8_t, kBlockBytes> rest;
  int written = 0;
  const bool good = EVP_CipherInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.view().data(),
                                      nonce12.data(), 0) == 1 &&
                    update(context.get(), nullptr, aad) &&
                    update(context.get(), plaintext.data(), ciphertext) &&
                    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) == 1 &&
                    EVP_CipherFinal_ex(context.get(), rest.data(), &written) == 1;
  if (good) return plaintext;
  // SP 800-38D §7.2: nothing of a text whose tag does not hold may be seen.
  OPENSSL_cleanse(plaintext.data(), plaintext.size());
  return fail(ErrorKind::corrupt, "sealed text does not match its tag");
}

Status aes_256_ctr_stream(const Digest& seed, std::uint64_t offset, std::span<std::uint8_t> out) {
  if (out.size() > UINT64_MAX - offset) return fail(ErrorKind::invalid_input, "key stream beyond 2^64 bytes");
  std::array<std::uint8_t, kBlockBytes> counter{};
  for (std::size_t i = 0; i < 8; ++i) {
    counter[kBlockBytes - 1 - i] = static_cast<std::uint8_t>(offset / kBlockBytes >> (8 * i));
  }
  const CipherContext context = new_context();
  std::array<std::uint8_t, kBlockBytes> skipped{};
  bool good = EVP_CipherInit_ex(context.get(), EVP_aes_256_ctr(), nullptr, seed.value.data(), counter.data(),
                                1) == 1 &&
              update(context.get(), skipped.data(), BytesView(skipped).first(offset % kBlockBytes));
  // The stream is the encryption of zeros, made in place a piece at a time so that each piece is still in the
  // cache.
  constexpr std::size_t piece_bytes = 64 << 10;
  for (std::size_t at = 0; good && at < out.size(); at += piece_bytes) {
    const auto piece = out.subspan(at, std::min(piece_bytes, out.size() - at));
    std::memset(piece.data(), 0, piece.size());
    good = update(context.get(), piece.data(), piece);
  }
  OPENSSL_cleanse(skipped.data(), skipped.size());
  if (!good) return fail(ErrorKind::internal, "AES-256-CTR failed");
  return {};
}

}  // namespace quietus
