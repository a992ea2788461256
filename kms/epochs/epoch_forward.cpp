// The half of an epoch that only goes forward.
#include "base/crash_point.hpp"
#include "base/side_by_side.hpp"
#include "kms/epochs/epoch.hpp"

namespace quietus::epochs {

/// The survivors' only way to live hangs on this row: it is looked for where a power cut leaves it.
Status EpochEngine::check_durably_committed(const EpochState& state) {
  QUIETUS_TRY(durable, store_.read_back());
  QUIETUS_TRY(kept, load_state(*durable, state.keyring, state.next.epoch));
  if (kept && kept->phase >= EpochPhase::committed && kept->from == state.from && kept->next == state.next)
    return {};
  return fail(ErrorKind::corrupt, "the commit of an epoch is not durable");
}

Status EpochEngine::end_uses(const EpochState& state, const BeforeDestroy& before_destroy) {
  QUIETUS_CHECK(domain_.adopt(state.next));
  crash_point(CrashPoint::kms_epoch_adopted);
  QUIETUS_CHECK(before_destroy(state.keyring));
  crash_point(CrashPoint::kms_epoch_leases_ended);
  return {};
}

keys::SaveState EpochEngine::keeping(EpochState& state) {
  return [this, &state](const keys::DestructionState& destruction) {
    state.destruction = destruction;
    const bool gone = destruction.step >= keys::DestructionStep::destroyed;
    state.phase = gone ? EpochPhase::destroyed : EpochPhase::committed;
    return save(state);
  };
}

/// The canary is synced while samples are made and the census is taken: before anybody saves what this gives.
Result<keys::DestructionState> EpochEngine::prepare_destruction(const keys::TokenHold& hold,
                                                                const EpochState& state) {
  QUIETUS_TRY(id, root_key_id(state.keyring));
  keys::KeyDestroyer destroyer(hsm_, clock_);
  const keys::KeyKind kind = kind_of_root(state.key_class);
  QUIETUS_TRY(canary, destroyer.make_canary(id, kind));
  std::optional<keys::DestructionState> prepared;
  const auto prepare = [&]() -> Status {
    QUIETUS_TRY(made, destroyer.prepare_root(hold, {id, state.from.ref}, kind, state.from.created, canary,
                                             {state.next.ref}));
    prepared = std::move(made);
    return {};
  };
  QUIETUS_CHECK(side_by_side([&] { return hsm_.sync(); }, prepare));
  return std::move(*prepared);
}

/// What will show the old root gone is saved while uses of it end; it goes when both are done.
Result<EpochState> EpochEngine::destroy_old_root(const keys::TokenHold& hold, const Permit& used,
                                                 EpochState state, const BeforeDestroy& before_destroy) {
  QUIETUS_CHECK(side_by_side([&] { return save(state); }, [&] { return end_uses(state, before_destroy); }));
  keys::KeyDestroyer destroyer(hsm_, clock_);
  const keys::DestructionState prepared = *state.destruction;
  QUIETUS_CHECK(
      destroyer.destroy_prepared(hold, {used, kEpochVerb, state.keyring.text()}, prepared, keeping(state)));
  crash_point(CrashPoint::kms_epoch_root_destroyed);
  return state;
}

/// From where an earlier process or attempt left it: one step after the other, and the destruction prepared
/// anew.
Result<EpochState> EpochEngine::roll_forward(const keys::TokenHold& hold, const Permit& used,
                                             EpochState state, const BeforeDestroy& before_destroy) {
  QUIETUS_CHECK(check_durably_committed(state));
  QUIETUS_CHECK(end_uses(state, before_destroy));
  QUIETUS_TRY(id, root_key_id(state.keyring));
  keys::KeyDestroyer destroyer(hsm_, clock_);
  const auto saved = state.destruction;
  QUIETUS_TRY(destroyed, destroyer.destroy_root(hold, {used, kEpochVerb, state.keyring.text()},
                                                {id, state.from.ref}, kind_of_root(state.key_class),
                                                state.from.created, saved, keeping(state), {state.next.ref}));
  state.destruction = std::move(destroyed);
  state.phase = EpochPhase::destroyed;
  crash_point(CrashPoint::kms_epoch_root_destroyed);
  return state;
}

Result<std::optional<EpochState>> EpochEngine::resume(const keys::TokenHold& hold, const Permit& permit,
                                                      const BeforeDestroy& before_destroy) {
  QUIETUS_CHECK(check_hold(hold));
  QUIETUS_TRY(open, open_epoch());
  if (!open) {
    domain_.give_up();
    return std::optional<EpochState>{};
  }
  if (open->phase < EpochPhase::committed) {
    QUIETUS_CHECK(roll_back(*open));
    return std::optional<EpochState>{};
  }
  if (open->phase == EpochPhase::destroyed) {
    const auto alive = hsm_.attributes(open->from.ref);
    if (!alive && alive.error().kind == ErrorKind::not_found) return std::move(open);
    if (!alive) return std::unexpected(alive.error());
  }
  QUIETUS_CHECK(permit.use(kEpochVerb, domain_.id().text(), clock_()));
  QUIETUS_TRY(state, roll_forward(hold, permit, std::move(*open), before_destroy));
  return std::optional<EpochState>(std::move(state));
}

Result<EpochEvidence> EpochEngine::prove(const keys::TokenHold& hold, const keys::Prober& prober) {
  QUIETUS_CHECK(check_hold(hold));
  QUIETUS_TRY(open, open_epoch());
  if (!open || open->phase != EpochPhase::destroyed)
    return fail(ErrorKind::conflict, "no epoch of keyring " + domain_.id().text() + " waits for its proof");
  EpochState& state = *open;
  const auto keep = [&](const keys::DestructionState& destruction) {
    state.destruction = destruction;
    return save(state);
  };
  keys::KeyDestroyer destroyer(hsm_, clock_);
  const auto saved = *state.destruction;
  QUIETUS_CHECK(destroyer.prove(hold, saved, keep, prober));
  crash_point(CrashPoint::kms_epoch_shown);
  QUIETUS_TRY(rows, domain_.leftovers());
  state.phase = EpochPhase::done;
  state.ended = clock_();
  QUIETUS_CHECK(save(state, std::move(rows)));
  crash_point(CrashPoint::kms_epoch_done);
  return evidence_of(state);
}

}  // namespace quietus::epochs
