// Publishes the ledger's head: signed as a note, remembered in the token (so that a rolled-back database is
// refused at the next start), and kept for bundles.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.hpp"
#include "kms/service/ledger.hpp"
#include "kms/service/signing_keys.hpp"
#include "proof/checkpoint.hpp"
#include "proof/cosignature.hpp"
#include "quietus/hsm.hpp"

namespace quietus::service {

struct SignedHead {
  TreeHead head;
  std::string note;                          ///< C2SP signed note
  std::vector<proof::WitnessKey> witnesses;  ///< whose words stand in it, in their order
};

class Checkpointer {
 public:
  Checkpointer(std::string origin, Ledger& ledger, Hsm& hsm, SigningKey key)
      : origin_(std::move(origin)), ledger_(ledger), hsm_(hsm), key_(std::move(key)) {}

  /// The head of this moment, signed; remembered in the token before it is returned. The same head is signed
  /// once.
  [[nodiscard]] Result<SignedHead> publish() QUIETUS_EXCLUDES(mutex_);

  /// A head that contains the entry, signed and remembered in the token: an earlier one if it does already.
  /// Nothing that cannot be taken back starts before its intent is in one.
  [[nodiscard]] Result<SignedHead> publish_over(std::uint64_t index) QUIETUS_EXCLUDES(mutex_);

  /// The key that signs heads, as witnesses are told to expect it.
  [[nodiscard]] Result<proof::LogKey> key() const;

  /// While this lives nothing is written to the token: a census before and after a destruction must differ by
  /// the target only. publish() waits.
  [[nodiscard]] std::unique_lock<std::mutex> quiet() { return std::unique_lock(token_); }

 private:
  const std::string origin_;
  Ledger& ledger_;
  Hsm& hsm_;
  const SigningKey key_;
  std::mutex token_;
  Mutex mutex_;
  std::optional<SignedHead> newest_ QUIETUS_GUARDED_BY(mutex_);
};

/// What the token remembers, nullopt on a new token. `corrupt` when the object is there and cannot be read:
/// kms must not start without knowing.
Result<std::optional<TreeHead>> remembered_head(Hsm& hsm);

}  // namespace quietus::service
