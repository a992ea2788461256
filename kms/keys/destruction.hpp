// Destroying a device key and showing that it is gone. "Not found" alone proves almost nothing: a copy has
// another id, a session without a login sees nothing. Hence a controlled pair in a fresh process (the canary
// is found and opens its sample, the target is not and does not) and a census that differs by exactly the
// target.
//
//   prepare -> destroy -> sync -> show gone (fresh process, census) -> destroy the canary
//
// A crash anywhere is repaired by calling the same function with the last saved state. What is not shown is
// an error.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "kms/keys/destruction_state.hpp"

namespace quietus::keys {

/// Runs keys::probe() in a fresh process and brings back its answer.
using Prober = std::function<Result<ProbeResult>(const ProbeRequest&)>;
/// Makes the state durable; the destruction goes on only when it returns success.
using SaveState = std::function<Status(const DestructionState&)>;

/// A permit of which one use was taken, and for what.
struct UsedPermit {
  const Permit& permit;
  Verb verb;
  std::string_view subject;
};

/// Whether its end can be shown at all: SENSITIVE, never EXTRACTABLE, not COPYABLE. `verification_failed`
/// otherwise. Asked while the key can still be asked.
Status check_never_left(const HsmKeyAttributes& key);

class KeyDestroyer {
 public:
  KeyDestroyer(Hsm& hsm, WallClock clock) : hsm_(hsm), clock_(std::move(clock)) {}

  /// Everything up to and including the irreversible act. Permit: `destroy` on the key's id. `saved`: the
  /// last state that was kept, if any. Once it says `destroyed` and the key is gone it is returned as it is,
  /// and no use of the permit is taken; a key that is still there is destroyed from the start. `not_found`
  /// when it was not there to begin with, `verification_failed` when it could have been copied or taken out.
  Result<DestructionState> destroy(const TokenHold& hold, const Permit& permit, const KeyRef& key,
                                   UnixMs created, const std::optional<DestructionState>& saved,
                                   const SaveState& save, KeyKind kind = KeyKind::cipher);

  /// The same for a wrapping or sealing key on which many others hang (kms/epochs). `used` was taken when the
  /// destruction of all of them was begun: from then on nothing may stop it. `denied` when the permit is for
  /// another act than it says. `stays`: keys that others live by once it is gone; the census before must list
  /// each of them exactly once, or nothing is destroyed (`hsm`).
  Result<DestructionState> destroy_root(const TokenHold& hold, const UsedPermit& used, const KeyRef& key,
                                        KeyKind kind, UnixMs created,
                                        const std::optional<DestructionState>& saved, const SaveState& save,
                                        const std::vector<HsmKeyRef>& stays = {});

  /// The same in three steps, for a caller who has other work to do between them. The canary is durable after
  /// the next Hsm::sync(), and the caller saves what prepare_root() gives once it is; the token is held from
  /// prepare_root() until the root is destroyed.
  Result<HsmKeyRef> make_canary(const KeyId& key, KeyKind kind);
  Result<DestructionState> prepare_root(const TokenHold& hold, const KeyRef& key, KeyKind kind,
                                        UnixMs created, const HsmKeyRef& canary,
                                        const std::vector<HsmKeyRef>& stays);
  Result<DestructionState> destroy_prepared(const TokenHold& hold, const UsedPermit& used,
                                            DestructionState prepared, const SaveState& save);

  /// From `destroyed` to the end. `verification_failed` when probe or census do not show the key gone: the
  /// state stays `destroyed`, and asking again looks again.
  Result<KeyDestruction> prove(const TokenHold& hold, DestructionState state, const SaveState& save,
                               const Prober& prober);

 private:
  /// What is destroyed, and what stays.
  struct Target {
    const KeyRef& key;
    KeyKind kind;
    UnixMs created;
    std::vector<HsmKeyRef> stays;
  };
  /// `permitted` is asked when the key is about to end, not when it is found gone.
  Result<DestructionState> destroy_if(const std::function<Status()>& permitted, const TokenHold& hold,
                                      const Target& target, const std::optional<DestructionState>& saved,
                                      const SaveState& save);
  /// Makes a canary when it is given none.
  Result<DestructionState> prepare(const Target& target, const HsmKeyAttributes& attributes,
                                   std::optional<HsmKeyRef> canary = {});
  Result<ProbeRequest> make_samples(const KeyRef& key, KeyKind kind, const HsmKeyRef& canary);
  /// After stale canaries are gone.
  Result<std::vector<HsmObject>> census_before(const KeyId& id, const HsmKeyRef& canary);
  Status remove_key(DestructionState& state);
  Result<DestructionState> remove_and_keep(const TokenHold& hold, DestructionState state,
                                           const SaveState& save);
  Status show_gone(DestructionState& state, const Prober& prober);
  Status remove_canary(const DestructionState& state);

  Hsm& hsm_;
  const WallClock clock_;
};

}  // namespace quietus::keys
