// One key to be destroyed on a fake token with neighbours, a store that survives "crashes", and a prober that
// looks at the token through an Hsm of its own, as a fresh process would.
#pragma once

#include "base/json.hpp"
#include "kms/keys/destruction.hpp"
#include "tests/support/fake_hsm.hpp"
#include "tests/support/fault_hsm.hpp"
#include "tests/support/test_permit.hpp"

namespace quietus::keys {

struct DestructionFixture {
  testing::FakeHsm token;
  testing::FaultHsm hsm{token};
  WallClock clock = [] { return UnixMs{1'700'000'000'000}; };
  KeyRoom room{hsm, clock};
  KeyId id = *KeyId::parse("records-1");
  KeyRef key;
  HsmKeyRef neighbour;
  std::optional<std::string> stored;  ///< what the database holds: canonical JSON
  int saves = 0, probes = 0, failing_save = 0;

  KeyAlgorithm algorithm;

  explicit DestructionFixture(KeyAlgorithm of = KeyAlgorithm::aes_256_gcm) : algorithm(of) {
    neighbour = *token.generate_device_key("neighbour");
    static_cast<void>(token.generate_signing_key("signer", EcCurve::p256));
    static_cast<void>(token.store_data("checkpoint", as_bytes("x")));
    key = room.create_device_key(Ledger::permit(Verb::seal, "records-1"), id, algorithm)->key;
    hsm.never_fail();
  }

  SaveState save() {
    return [this](const DestructionState& state) -> Status {
      if (++saves == failing_save) return fail(ErrorKind::io, "the database is away");
      stored = to_json(state).write();
      return {};
    };
  }
  Prober prober() {
    return [this](const ProbeRequest& request) {
      ++probes;
      return probe(hsm, request);
    };
  }
  std::optional<DestructionState> saved() const {
    if (!stored) return std::nullopt;
    return destruction_state_from(*Json::parse_canonical(*stored)).value();
  }
  /// One life of a process: from what is stored as far as it gets.
  Result<KeyDestruction> live() {
    KeyDestroyer destroyer(hsm, clock);
    QUIETUS_TRY(hold, room.hold_token(id));
    const Permit permit = Ledger::permit(Verb::destroy, id.text());
    QUIETUS_TRY(state, destroyer.destroy(hold, permit, key, UnixMs{1}, saved(), save(), kind_of(algorithm)));
    return destroyer.prove(hold, state, save(), prober());
  }
  /// Of a pair two, of everything else one.
  std::uint64_t objects() const { return is_pair(kind_of(algorithm)) ? 2 : 1; }
  bool target_is_alive() { return token.attributes(key.ref).has_value(); }
  std::size_t canaries() {
    std::size_t count = 0;
    for (const HsmObject& object : token.census().value()) count += object.label == "canary-records-1";
    return count;
  }
};

}  // namespace quietus::keys
