// Object handles by CKA_ID: a look-up costs a walk over all objects of the token on some products. Bounded,
// least recently used goes first. A handle is good for one session generation: whenever a session had to be
// given up, all are forgotten.
#pragma once

#include <p11-kit/pkcs11.h>

#include <cstring>
#include <list>
#include <optional>
#include <unordered_map>

#include "base/mutex.hpp"
#include "quietus/hsm.hpp"

namespace quietus::pkcs11 {

/// A key that is used: which object does the work, and (for a pair) how large its curve is.
struct KeyHandle {
  CK_OBJECT_HANDLE object = 0;
  CK_OBJECT_CLASS object_class = 0;
  std::size_t curve_bytes =
      0;  ///< 32 for P-256, 48 for P-384, 0 for a secret key, an RSA key, or a foreign one
  std::size_t rsa_bytes = 0;  ///< of its modulus; 0 for all others
};

class HandleCache {
 public:
  static constexpr std::size_t kMaxEntries = 1024;

  std::optional<KeyHandle> find(const HsmKeyRef& key) QUIETUS_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    const auto entry = index_.find(key);
    if (entry == index_.end()) return std::nullopt;
    order_.splice(order_.begin(), order_, entry->second);
    return entry->second->second;
  }

  [[nodiscard]] std::uint64_t generation() QUIETUS_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    return generation_;
  }

  /// Ignored when `generation`, read before the look-up, is over.
  void remember(const HsmKeyRef& key, const KeyHandle& handle, std::uint64_t generation)
      QUIETUS_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    if (generation != generation_) return;
    drop(key);
    order_.emplace_front(key, handle);
    index_[key] = order_.begin();
    if (order_.size() > kMaxEntries) drop(HsmKeyRef(order_.back().first));
  }

  /// Also ends the generation, so that a look-up under way cannot bring the key back.
  void forget(const HsmKeyRef& key) QUIETUS_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    ++generation_;
    drop(key);
  }

  void forget_all() QUIETUS_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    ++generation_;
    order_.clear();
    index_.clear();
  }

 private:
  /// CKA_IDs are random: any of their bytes are a hash. Who plants other ids only slows the look-up down.
  struct Hash {
    std::size_t operator()(const HsmKeyRef& key) const {
      std::size_t hash = 0;
      std::memcpy(&hash, key.cka_id.data(), sizeof hash);
      return hash;
    }
  };
  using Order = std::list<std::pair<HsmKeyRef, KeyHandle>>;
  void drop(const HsmKeyRef& key) QUIETUS_REQUIRES(mutex_) {
    const auto entry = index_.find(key);
    if (entry == index_.end()) return;
    order_.erase(entry->second);
    index_.erase(entry);
  }

  Mutex mutex_;
  Order order_ QUIETUS_GUARDED_BY(mutex_);
  std::unordered_map<HsmKeyRef, Order::iterator, Hash> index_ QUIETUS_GUARDED_BY(mutex_);
  std::uint64_t generation_ QUIETUS_GUARDED_BY(mutex_) = 0;
};

}  // namespace quietus::pkcs11
