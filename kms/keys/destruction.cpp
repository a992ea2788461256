#include "kms/keys/destruction.hpp"

#include <algorithm>

#include "base/crash_point.hpp"
#include "kms/keys/canary.hpp"

namespace quietus::keys {

Status check_never_left(const HsmKeyAttributes& key) {
  if (key.token && key.sensitive && !key.extractable && key.always_sensitive && key.never_extractable &&
      !key.copyable)
    return {};
  return fail(ErrorKind::verification_failed,
              "the key could have been copied or taken out: its end cannot be shown");
}

namespace {

bool is_not_found(const Status& status) { return !status && status.error().kind == ErrorKind::not_found; }

Status check_held(const TokenHold& hold, const KeyRef& key) {
  if (hold.key() == key.id) return {};
  return fail(ErrorKind::invalid_input, "the token is held for another key");
}

Status check_used(const UsedPermit& used) {
  if (used.permit.verb() == used.verb && used.permit.subject() == used.subject) return {};
  return fail(ErrorKind::denied, "the permit is for another act");
}

std::ptrdiff_t times_listed(const std::vector<HsmObject>& census, const HsmKeyRef& key) {
  return std::ranges::count_if(
      census, [&](const HsmObject& object) { return std::ranges::equal(object.cka_id, key.cka_id); });
}

}  // namespace

// Stale canaries were left by preparations that died before their state was kept. They go only while the
// target lives: later the canary is evidence. One census serves to find them and, as long as there are none,
// to be compared with: on a full token a census is the dearest call.
Result<std::vector<HsmObject>> KeyDestroyer::census_before(const KeyId& id, const HsmKeyRef& canary) {
  QUIETUS_TRY(census, hsm_.census());
  bool removed = false;
  for (const HsmObject& object : census) {
    HsmKeyRef ref;
    if (object.label != canary_label(id) || object.cka_id.size() != ref.cka_id.size()) continue;
    std::ranges::copy(object.cka_id, ref.cka_id.begin());
    if (ref == canary) continue;
    if (const Status gone = hsm_.destroy(ref); !gone && !is_not_found(gone))
      return std::unexpected(gone.error());
    removed = true;
  }
  if (!removed) return std::move(census);
  return hsm_.census();
}

Result<ProbeRequest> KeyDestroyer::make_samples(const KeyRef& key, KeyKind kind, const HsmKeyRef& canary) {
  QUIETUS_TRY(target_sample, make_sample(hsm_, key.ref, kind));
  QUIETUS_TRY(canary_sample, make_sample(hsm_, canary, kind));
  ProbeRequest samples{key.ref, std::move(target_sample), canary, std::move(canary_sample), kind};
  QUIETUS_TRY(target_opens, sample_opens(hsm_, samples.target, samples.target_sample, kind));
  QUIETUS_TRY(canary_opens, sample_opens(hsm_, samples.canary, samples.canary_sample, kind));
  if (!target_opens || !canary_opens)
    return fail(ErrorKind::hsm, "the token does not take back what a key of it has just made");
  return samples;
}

Result<DestructionState> KeyDestroyer::prepare(const Target& target, const HsmKeyAttributes& attributes,
                                               std::optional<HsmKeyRef> canary) {
  DestructionState state;
  state.key = target.key;
  state.created = target.created;
  QUIETUS_CHECK(check_never_left(attributes));
  state.attributes_before = attributes;
  QUIETUS_TRY(info, hsm_.info());
  state.hsm = info;
  if (!canary) {
    QUIETUS_TRY(made, generate_key(hsm_, target.kind, canary_label(target.key.id)));
    canary = made;
  }
  QUIETUS_TRY(samples, make_samples(target.key, target.kind, *canary));
  state.samples = std::move(samples);
  QUIETUS_TRY(census, census_before(target.key.id, state.samples.canary));
  for (const HsmKeyRef& key : target.stays)
    if (times_listed(census, key) != 1)
      return fail(ErrorKind::hsm, "the census does not list a key that is to stay exactly once");
  state.before = summarise(std::move(census), state.samples.target, state.samples.canary);
  // Of a pair both halves, where the token keeps public keys private; at least the one that works.
  const std::uint64_t most = is_pair(target.kind) ? 2 : 1;
  if (state.before.targets < 1 || state.before.targets > most ||
      state.before.canaries != state.before.targets)
    return fail(ErrorKind::hsm, "the census lists the key " + std::to_string(state.before.targets) +
                                    " times and its canary " + std::to_string(state.before.canaries) +
                                    " times, where each is " +
                                    (most == 1 ? "one object" : "one object or two"));
  return state;
}

Status KeyDestroyer::remove_key(DestructionState& state) {
  crash_point(CrashPoint::kms_key_before_destroy);
  // `not_found`: an earlier try had its effect and could not say so. The token has synced in both cases, and
  // whether the key is gone is shown later, not believed here.
  if (const Status gone = hsm_.destroy(state.key.ref); !gone && !is_not_found(gone)) return gone;
  crash_point(CrashPoint::kms_key_synced);
  state.token_synced = true;
  state.destroyed = clock_();
  state.step = DestructionStep::destroyed;
  return {};
}

Result<DestructionState> KeyDestroyer::destroy(const TokenHold& hold, const Permit& permit, const KeyRef& key,
                                               UnixMs created, const std::optional<DestructionState>& saved,
                                               const SaveState& save, KeyKind kind) {
  return destroy_if([&] { return permit.use(Verb::destroy, key.id.text(), clock_()); }, hold,
                    {key, kind, created, {}}, saved, save);
}

Result<DestructionState> KeyDestroyer::destroy_root(const TokenHold& hold, const UsedPermit& used,
                                                    const KeyRef& key, KeyKind kind, UnixMs created,
                                                    const std::optional<DestructionState>& saved,
                                                    const SaveState& save,
                                                    const std::vector<HsmKeyRef>& stays) {
  QUIETUS_CHECK(check_used(used));
  return destroy_if([] { return Status{}; }, hold, {key, kind, created, stays}, saved, save);
}

Result<DestructionState> KeyDestroyer::destroy_if(const std::function<Status()>& permitted,
                                                  const TokenHold& hold, const Target& target,
                                                  const std::optional<DestructionState>& saved,
                                                  const SaveState& save) {
  const KeyRef& key = target.key;
  QUIETUS_CHECK(check_held(hold, key));
  if (saved && saved->key != key)
    return fail(ErrorKind::invalid_input, "the saved state is about another key");
  if (saved && saved->step > DestructionStep::destroyed) return *saved;
  const auto alive = hsm_.attributes(key.ref);
  if (!alive && (alive.error().kind != ErrorKind::not_found || !saved)) return std::unexpected(alive.error());
  if (!alive && saved->step == DestructionStep::destroyed) {
    hold.owe_proof();
    return *saved;
  }
  QUIETUS_CHECK(permitted());
  DestructionState state;
  if (alive) {  // also after a crash: other keys may have come and gone since, so the census is taken anew
    QUIETUS_TRY(prepared, prepare(target, *alive));
    state = std::move(prepared);
    QUIETUS_CHECK(save(state));
  } else {
    state = *saved;
  }
  return remove_and_keep(hold, std::move(state), save);
}

Result<DestructionState> KeyDestroyer::remove_and_keep(const TokenHold& hold, DestructionState state,
                                                       const SaveState& save) {
  hold.owe_proof();
  if (const Status gone = remove_key(state); !gone) {
    if (hsm_.attributes(state.key.ref)) hold.settle();
    return std::unexpected(gone.error());
  }
  QUIETUS_CHECK(save(state));
  return state;
}

Result<HsmKeyRef> KeyDestroyer::make_canary(const KeyId& key, KeyKind kind) {
  if (kind == KeyKind::wrapping) return hsm_.generate_wrapping_key_unsynced(canary_label(key));
  return generate_key(hsm_, kind, canary_label(key));
}

Result<DestructionState> KeyDestroyer::prepare_root(const TokenHold& hold, const KeyRef& key, KeyKind kind,
                                                    UnixMs created, const HsmKeyRef& canary,
                                                    const std::vector<HsmKeyRef>& stays) {
  QUIETUS_CHECK(check_held(hold, key));
  QUIETUS_TRY(attributes, hsm_.attributes(key.ref));
  return prepare({key, kind, created, stays}, attributes, canary);
}

Result<DestructionState> KeyDestroyer::destroy_prepared(const TokenHold& hold, const UsedPermit& used,
                                                        DestructionState prepared, const SaveState& save) {
  QUIETUS_CHECK(check_used(used));
  QUIETUS_CHECK(check_held(hold, prepared.key));
  if (prepared.step != DestructionStep::prepared)
    return fail(ErrorKind::conflict, "the destruction is not one that was only prepared");
  return remove_and_keep(hold, std::move(prepared), save);
}

Status KeyDestroyer::show_gone(DestructionState& state, const Prober& prober) {
  QUIETUS_TRY(shown, prober(state.samples));
  if (!shows_gone(shown))
    return fail(ErrorKind::verification_failed,
                shown.target_found || shown.target_sample_opens
                    ? "the destroyed key still answers"
                    : "the canary does not answer: the probe proves nothing",
                "look at the token by hand; no certificate can be made from this");
  QUIETUS_TRY(census, hsm_.census());
  const CensusSummary after = summarise(std::move(census), state.samples.target, state.samples.canary);
  if (!differs_by_target_only(state.before, after))
    return fail(ErrorKind::verification_failed,
                "the token has " + std::to_string(after.objects) + " private objects after " +
                    std::to_string(state.before.objects) + ", and they differ by more than the destroyed key",
                "find out who else works on this token");
  state.shown = shown;
  state.after = after;
  state.step = DestructionStep::shown_gone;
  crash_point(CrashPoint::kms_key_shown_gone);
  return {};
}

Status KeyDestroyer::remove_canary(const DestructionState& state) {
  const Status gone = hsm_.destroy(state.samples.canary);
  if (!is_not_found(gone)) return gone;
  const auto left = hsm_.attributes(state.samples.canary);  // an earlier try may have had its effect; look
  if (left) return gone;
  return left.error().kind == ErrorKind::not_found ? Status{} : std::unexpected(left.error());
}

Result<KeyDestruction> KeyDestroyer::prove(const TokenHold& hold, DestructionState state,
                                           const SaveState& save, const Prober& prober) {
  QUIETUS_CHECK(check_held(hold, state.key));
  if (state.step == DestructionStep::prepared)
    return fail(ErrorKind::conflict, "the key is not destroyed yet");
  if (state.step == DestructionStep::destroyed) {
    hold.owe_proof();
    QUIETUS_CHECK(show_gone(state, prober));
    QUIETUS_CHECK(save(state));
  }
  if (state.step == DestructionStep::shown_gone) {
    QUIETUS_CHECK(remove_canary(state));
    state.step = DestructionStep::completed;
    QUIETUS_CHECK(save(state));
  }
  hold.settle();
  return evidence_of(state);
}

}  // namespace quietus::keys
