// Where the HSM keeps the device keys that were used before: a key's object never changes, and a row of the
// store costs more than a key operation.
#pragma once

#include <map>
#include <optional>

#include "base/mutex.hpp"
#include "quietus/hsm.hpp"
#include "quietus/ids.hpp"

namespace quietus::service {

class KnownRefs {
 public:
  static constexpr std::size_t kMaxRefs = 4096;

  [[nodiscard]] std::optional<HsmKeyRef> find(const KeyId& key) const QUIETUS_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    const auto found = refs_.find(key);
    return found == refs_.end() ? std::nullopt : std::optional(found->second);
  }
  void remember(const KeyId& key, const HsmKeyRef& ref) QUIETUS_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    if (refs_.size() >= kMaxRefs) refs_.clear();
    refs_[key] = ref;
  }

 private:
  mutable Mutex mutex_;
  std::map<KeyId, HsmKeyRef> refs_ QUIETUS_GUARDED_BY(mutex_);
};

}  // namespace quietus::service
