// While a destruction is being proven, nobody makes keys on the token: the census before and after must
// differ by exactly the target. One destruction at a time; creations under way are waited for, new ones are
// turned away. A key that was destroyed and not yet shown gone keeps the gate shut for all others, or its
// census could never agree again.
#pragma once

#include <optional>
#include <utility>

#include "base/mutex.hpp"
#include "quietus/ids.hpp"
#include "quietus/result.hpp"

namespace quietus::keys {

class TokenGate {
 public:
  static constexpr int kWaitMs = 30'000;

  /// The right to make one key, as long as it lives. Must not outlive the gate.
  class Creation {
   public:
    Creation(Creation&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Creation& operator=(Creation&&) = delete;
    ~Creation();

   private:
    friend class TokenGate;
    explicit Creation(TokenGate* gate) : gate_(gate) {}
    TokenGate* gate_;
  };

  /// The right to destroy one key and prove it, as long as it lives. Must not outlive the gate.
  class Hold {
   public:
    Hold(Hold&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)), key_(std::move(other.key_)) {}
    Hold& operator=(Hold&&) = delete;
    ~Hold();
    [[nodiscard]] const KeyId& key() const { return key_; }
    void owe_proof() const;  ///< the key may be gone from here on, and is not shown gone
    void settle() const;     ///< it is shown gone, or known to be alive

   private:
    friend class TokenGate;
    Hold(TokenGate* gate, KeyId key) : gate_(gate), key_(std::move(key)) {}
    TokenGate* gate_;
    KeyId key_;
  };

  TokenGate() = default;
  TokenGate(const TokenGate&) = delete;
  TokenGate& operator=(const TokenGate&) = delete;

  /// `unavailable` while a destruction is open.
  Result<Creation> create() QUIETUS_EXCLUDES(mutex_);
  /// `unavailable` while the destruction of another key is open, `timed_out` when creations under way do not
  /// end.
  Result<Hold> hold(const KeyId& key) QUIETUS_EXCLUDES(mutex_);
  /// A destruction that an earlier process left open: the gate is shut for all others from the start.
  void owe(const KeyId& key) QUIETUS_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    owed_ = key;
  }

 private:
  Status wait_for_creations() QUIETUS_REQUIRES(mutex_);

  Mutex mutex_;
  ConditionVariable changed_;
  int creating_ QUIETUS_GUARDED_BY(mutex_) = 0;
  bool held_ QUIETUS_GUARDED_BY(mutex_) = false;
  std::optional<KeyId> owed_ QUIETUS_GUARDED_BY(mutex_);
};

/// What every step of a destruction asks for.
using TokenHold = TokenGate::Hold;

}  // namespace quietus::keys
