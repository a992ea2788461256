// The wrapped keys of one epoch in memory, and the session keys that were unwrapped from them. Whoever works
// with a key holds its generation: when the last holder is gone, so is everything that came from under its
// root.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <vector>

#include "base/mutex.hpp"
#include "kms/epochs/domain.hpp"
#include "kms/keyrings/sheet.hpp"

namespace quietus::keyrings {

class Generation;

/// Tells when a generation has ended, its session keys included.
class GenerationEnd {
 public:
  /// false: somebody still worked with it when the time was over.
  bool wait(int timeout_ms) QUIETUS_EXCLUDES(mutex_);

 private:
  friend class Generation;
  void tell() QUIETUS_EXCLUDES(mutex_);
  Mutex mutex_;
  ConditionVariable changed_;
  bool ended_ QUIETUS_GUARDED_BY(mutex_) = false;
};

class Generation {
 public:
  static std::shared_ptr<Generation> make(Hsm& hsm, const epochs::Root& root, std::size_t max_sessions);
  Generation(const Generation&) = delete;
  Generation& operator=(const Generation&) = delete;

  [[nodiscard]] const epochs::Root& root() const { return root_; }
  [[nodiscard]] std::shared_ptr<GenerationEnd> end() const { return end_; }
  /// `corrupt` when a key is there already.
  Status add(WrappedKey key) QUIETUS_EXCLUDES(mutex_);
  [[nodiscard]] bool has(const KeyVersion& id) const QUIETUS_EXCLUDES(mutex_);
  [[nodiscard]] std::size_t size() const QUIETUS_EXCLUDES(mutex_);
  [[nodiscard]] std::vector<WrappedKey> keys() const QUIETUS_EXCLUDES(mutex_);  ///< ascending
  [[nodiscard]] std::size_t sessions() const QUIETUS_EXCLUDES(mutex_);

  /// `use(const HsmSessionKey&)`, with the key unwrapped if it is not at hand. Once more when the token was
  /// attached anew meanwhile and the session key had ended.
  template <class Use>
  auto with_key(const KeyVersion& id, const Use& use) -> decltype(use(std::declval<const HsmSessionKey&>())) {
    for (int attempt = 0; attempt < 2; ++attempt) {
      QUIETUS_TRY(key, session_key(id));
      auto used = use(*key);
      if (used || used.error().kind != ErrorKind::not_found) return used;
      forget(id, key);
    }
    return fail(ErrorKind::unavailable, "the token was attached anew", "try again");
  }

 private:
  struct Session {
    HsmSessionKeyPtr key;
    std::list<KeyVersion>::iterator recent;
  };
  Generation(Hsm& hsm, const epochs::Root& root, std::size_t max_sessions)
      : hsm_(hsm), root_(root), max_sessions_(max_sessions) {}
  ~Generation() = default;
  Result<HsmSessionKeyPtr> session_key(const KeyVersion& id) QUIETUS_EXCLUDES(mutex_);
  HsmSessionKeyPtr at_hand(const KeyVersion& id) QUIETUS_REQUIRES(mutex_);
  void forget(const KeyVersion& id, const HsmSessionKeyPtr& key) QUIETUS_EXCLUDES(mutex_);

  Hsm& hsm_;
  const epochs::Root root_;
  const std::size_t max_sessions_;
  std::shared_ptr<GenerationEnd> end_ = std::make_shared<GenerationEnd>();
  mutable Mutex mutex_;
  std::map<KeyVersion, Bytes> wrapped_ QUIETUS_GUARDED_BY(mutex_);
  std::map<KeyVersion, Session> sessions_ QUIETUS_GUARDED_BY(mutex_);
  std::list<KeyVersion> recent_ QUIETUS_GUARDED_BY(mutex_);  ///< most recently used first
};

}  // namespace quietus::keyrings
