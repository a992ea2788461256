#include "base/gcm_iv.hpp"

#include <pthread.h>

#include <algorithm>
#include <atomic>

#include "base/crypto.hpp"

namespace quietus {

namespace {

constexpr std::size_t kIvsInBlock = 64;

std::atomic<std::uint64_t> forks = 0;
[[maybe_unused]] const int watching_forks =
    pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); });

struct Block {
  Bytes bytes;
  std::size_t used = 0;
  std::uint64_t forks_seen = 0;
};

}  // namespace

GcmIv next_gcm_iv() {
  thread_local Block block;
  const std::uint64_t seen = forks.load(std::memory_order_relaxed);
  if (block.used == block.bytes.size() || block.forks_seen != seen)
    block = {random_bytes(kIvsInBlock * sizeof(GcmIv)), 0, seen};
  GcmIv iv;
  std::copy_n(block.bytes.begin() + static_cast<std::ptrdiff_t>(block.used), iv.size(), iv.begin());
  block.used += iv.size();
  return iv;
}

}  // namespace quietus
