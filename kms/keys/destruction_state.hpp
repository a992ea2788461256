// Where the destruction of one key stands. The caller keeps it durably between steps; every step can be
// repeated from the last state that was kept.
#pragma once

#include "base/json.hpp"
#include "kms/keys/census_digest.hpp"
#include "kms/keys/key_room.hpp"
#include "kms/keys/probe.hpp"
#include "quietus/certificate.hpp"

namespace quietus::keys {

enum class DestructionStep {
  prepared,    ///< canary and samples made, census taken; the key may or may not be gone already
  destroyed,   ///< the token says it is gone, durably; nothing is shown yet
  shown_gone,  ///< a fresh process and a census agree
  completed,   ///< the canary is gone too
};

struct DestructionState {
  DestructionStep step = DestructionStep::prepared;
  KeyRef key;
  UnixMs created;
  UnixMs destroyed;  ///< when the token answered; after a crash, when it was found gone
  HsmInfo hsm;
  HsmKeyAttributes attributes_before;
  ProbeRequest samples;  ///< also names the canary
  CensusSummary before, after;
  ProbeResult shown;
  bool token_synced = false;
};

Json to_json(const DestructionState& state);
Result<DestructionState> destruction_state_from(const Json& json);

/// What a certificate says about it; the caller adds `releases` and `known_copies`. `conflict` before
/// `completed`, `verification_failed` when the state does not add up to a key that is gone.
Result<KeyDestruction> evidence_of(const DestructionState& state);

}  // namespace quietus::keys
