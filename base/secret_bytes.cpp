#include "quietus/secret_bytes.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "base/mutex.hpp"
#include "base/secure_heap.hpp"

namespace quietus {
namespace {

constexpr std::size_t kDefaultHeapBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxHeapBytes = std::size_t{4} << 20;
constexpr std::size_t kLeastBlockBytes = 16;

Mutex heap_mutex;
bool heap_is_ours QUIETUS_GUARDED_BY(heap_mutex) = false;

}  // namespace

Status ensure_secure_heap(std::size_t size_bytes) {
  if (!std::has_single_bit(size_bytes) || size_bytes < 4096 || size_bytes > kMaxHeapBytes) {
    return fail(ErrorKind::invalid_input, "the secure heap is a power of two from 4 KiB to 4 MiB");
  }
  const MutexLock lock(heap_mutex);
  if (heap_is_ours) return {};
  if (CRYPTO_secure_malloc_initialized() != 0) {
    return fail(ErrorKind::internal, "the secure heap was set up by other code, perhaps unlocked");
  }
  const int outcome = CRYPTO_secure_malloc_init(size_bytes, kLeastBlockBytes);
  if (outcome == 1) {
    heap_is_ours = true;
    return {};
  }
  // 2: usable, but neither locked nor shielded from core files; that is not a secure heap.
  if (outcome == 2) CRYPTO_secure_malloc_done();
  return fail(ErrorKind::unavailable, "the secure heap could not be locked in memory",
              "allow this process " + std::to_string(size_bytes >> 10U) +
                  " KiB of locked memory (ulimit -l, or LimitMEMLOCK= in its systemd unit)");
}

Result<SecretBytes> SecretBytes::allocate(std::size_t size_bytes) {
  SecretBytes secret;
  if (size_bytes == 0) return secret;
  QUIETUS_CHECK(ensure_secure_heap(kDefaultHeapBytes));
  void* memory = size_bytes > kMaxHeapBytes ? nullptr : OPENSSL_secure_zalloc(size_bytes);
  if (memory == nullptr) return fail(ErrorKind::exhausted, "the secure heap is full", "try again later");
  secret.data_ = static_cast<std::uint8_t*>(memory);
  secret.size_ = size_bytes;
  return secret;
}

Result<SecretBytes> SecretBytes::copy_of(std::span<const std::uint8_t> bytes) {
  QUIETUS_TRY(secret, allocate(bytes.size()));
  std::ranges::copy(bytes, secret.data_);
  return std::move(secret);
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  // What was ours dies now, not whenever `other` does.
  SecretBytes last(std::move(other));
  return *this;
}

void SecretBytes::truncate(std::size_t size_bytes) {
  if (size_bytes >= size_) return;
  OPENSSL_cleanse(data_ + size_bytes, size_ - size_bytes);
  size_ = size_bytes;
}

SecretBytes::~SecretBytes() { OPENSSL_secure_clear_free(data_, size_); }

}  // namespace quietus
