// Takes keys away from a domain: everybody who stays moves under a new root, the old one is destroyed, and
// that is shown. Every older copy of the rows then opens with nothing that is left.
//
//   INTENT -> next root -> PREPARED -> read back -> COMMITTED -> adopt -> leases ended -> DESTROYED -> shown
//   -> DONE
//
// What the store has to do for one step and the token for the next overlaps where nothing depends on the
// order (docs/decisions/steps-that-overlap.md): side_by_side() in epoch.cpp is where. Every step named here
// waits for the one before it.
//
// Before COMMITTED a crash is rolled back, after it there is only forward. Two invariants: a key that stays
// can be opened by a root on the token at every moment, and a key that went opens with none once the old root
// is destroyed.
#pragma once

#include <functional>
#include <optional>

#include "kms/epochs/domain.hpp"
#include "kms/epochs/epoch_state.hpp"
#include "kms/keys/destruction.hpp"
#include "quietus/permit.hpp"

namespace quietus::epochs {

/// What the token gate, the destroyer and the evidence call the root of a keyring: "keyring.<id>".
/// `invalid_input` for ids longer than kMaxKeyringIdBytes.
Result<KeyId> root_key_id(const KeyringId& keyring);
/// Label of the root of an epoch on the token.
std::string root_label(const KeyringId& keyring, std::uint64_t epoch);

/// What a permit for an epoch is for, on the keyring's id.
inline constexpr Verb kEpochVerb = Verb::destroy;

/// Ends every lease on keys of the keyring, in every process: success means that nobody uses anything under
/// its old root any more. Called after adopt(), before the old root is destroyed, again after a crash.
using BeforeDestroy = std::function<Status(const KeyringId&)>;

/// One per domain; not for two threads at a time. Every call asks for the token to be held for root_key_id():
/// that makes epochs of a keyring come one after the other, and one destruction at a time per token.
class EpochEngine {
 public:
  EpochEngine(Hsm& hsm, Store& store, Domain& domain, KeyClass key_class, WallClock clock)
      : hsm_(hsm), store_(store), domain_(domain), key_class_(key_class), clock_(std::move(clock)) {}

  /// From INTENT to the old root destroyed and the token synced; nothing is shown yet. Permit: kEpochVerb on
  /// the keyring's id, one use. Remains of an epoch that was never committed are rolled back first.
  /// `conflict`: an earlier epoch is committed and not done (resume it), or the numbers are not sorted. A
  /// failure before COMMITTED is rolled back at once where that is possible; after any failure resume() puts
  /// things right.
  Result<EpochState> destroy(const keys::TokenHold& hold, const Permit& permit, const Deletion& deletion,
                             const BeforeDestroy& before_destroy);

  /// After a crash or a failure: rolls back what was not committed (nullopt: there is no epoch any more),
  /// brings what was committed forward to DESTROYED or finds it there. Takes one use of the permit when the
  /// old root still has to be destroyed. `corrupt`: the store is older than the token, so that rolling back
  /// would destroy the only root that is left.
  Result<std::optional<EpochState>> resume(const keys::TokenHold& hold, const Permit& permit,
                                           const BeforeDestroy& before_destroy);

  /// From DESTROYED to DONE: fresh process, census, leftovers. `verification_failed` when the old root is not
  /// shown gone: the state stays as it is, and asking again looks again.
  Result<EpochEvidence> prove(const keys::TokenHold& hold, const keys::Prober& prober);

  /// The epoch that is begun and not done, if any: what resume() and prove() are about.
  Result<std::optional<EpochState>> open_epoch();

 private:
  Result<EpochState> begin(const Deletion& deletion);
  Result<EpochState> move(EpochState state, const Deletion& deletion);
  Result<EpochState> commit(const keys::TokenHold& hold, EpochState state);
  Result<HsmKeyRef> make_next_root(const EpochState& state);
  Result<EpochState> roll_forward(const keys::TokenHold& hold, const Permit& used, EpochState state,
                                  const BeforeDestroy& before_destroy);
  /// Of the root that the epoch leaves.
  Result<keys::DestructionState> prepare_destruction(const keys::TokenHold& hold, const EpochState& state);
  Result<EpochState> destroy_old_root(const keys::TokenHold& hold, const Permit& used, EpochState state,
                                      const BeforeDestroy& before_destroy);
  Status end_uses(const EpochState& state, const BeforeDestroy& before_destroy);
  keys::SaveState keeping(EpochState& state);
  Status roll_back(const EpochState& state);
  void give_up_if_possible();
  Status settle_uncommitted(const EpochState& state);
  /// And canaries: both were made for an epoch that is not to be.
  Status destroy_next_roots(const EpochState& state);
  Status check_durably_committed(const EpochState& state);
  Status check_hold(const keys::TokenHold& hold) const;
  Status save(const EpochState& state, std::vector<Row> with = {});
  static keys::KeyKind kind_of_root(KeyClass key_class) {
    return key_class == KeyClass::wrapped ? keys::KeyKind::wrapping : keys::KeyKind::cipher;
  }

  Hsm& hsm_;
  Store& store_;
  Domain& domain_;
  const KeyClass key_class_;
  const WallClock clock_;
};

}  // namespace quietus::epochs
