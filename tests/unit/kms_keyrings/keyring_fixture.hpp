// A keyring on a fake token and a fake store, with an engine for its epochs and a prober that looks at the
// token as a fresh process would.
#pragma once

#include "kms/epochs/epoch.hpp"
#include "kms/keyrings/keyring.hpp"
#include "tests/support/fake_hsm.hpp"
#include "tests/support/fake_store.hpp"
#include "tests/support/fault_hsm.hpp"
#include "tests/support/fault_store.hpp"
#include "tests/support/test_permit.hpp"

namespace quietus::keyrings {

inline Permit permit_for(Verb verb, const std::string& keyring = "ring") {
  return Ledger::permit(verb, keyring);
}

struct KeyringFixture {
  testing::FakeHsm token;
  testing::FaultHsm hsm{token};
  test::FakeStore rows;
  test::FaultStore store{rows};
  UnixMs now{1'700'000'000'000};
  WallClock clock = [this] { return now; };
  keys::KeyRoom room{hsm, clock};
  KeyringId id = *KeyringId::parse("ring");
  KeyringOptions options;
  std::unique_ptr<Keyring> ring;
  HsmKeyRef neighbour;
  int leases_ended = 0;

  explicit KeyringFixture(const KeyringOptions& chosen = {}) : options(chosen) {
    neighbour = *token.generate_device_key("neighbour");
    const auto creation = room.begin_creation();
    ring = std::move(*Keyring::create(*creation, permit_for(verbs::create), hsm, store, id, clock, options));
  }

  /// As a new process: everything in memory is gone.
  Status reopen() {
    ring.reset();
    token.end_sessions();
    auto opened = Keyring::open(hsm, store, id, clock, options);
    if (!opened) return std::unexpected(opened.error());
    ring = std::move(*opened);
    return {};
  }

  std::vector<KeyNumber> make(std::size_t count) {
    return *ring->create_keys(permit_for(verbs::create), count, KeyPurpose::encrypt_decrypt);
  }
  Result<Bytes> encrypt(KeyNumber number, std::string_view text = "text",
                        std::string_view context = "context") {
    return ring->encrypt(permit_for(verbs::encrypt), number, as_bytes(text), as_bytes(context));
  }
  Result<std::string> decrypt(BytesView ciphertext, std::string_view context = "context") {
    QUIETUS_TRY(opened, ring->decrypt(permit_for(verbs::decrypt), ciphertext, as_bytes(context)));
    return std::string(as_text(opened.view()));
  }

  epochs::EpochEngine engine() { return {hsm, store, *ring, KeyClass::wrapped, clock}; }
  keys::TokenHold hold() { return std::move(*room.hold_token(*epochs::root_key_id(id))); }
  epochs::BeforeDestroy end_leases() {
    return [this](const KeyringId&) -> Status {
      ++leases_ended;
      return {};
    };
  }
  keys::Prober prober() {
    return [this](const keys::ProbeRequest& request) { return keys::probe(hsm, request); };
  }
  Result<epochs::EpochEvidence> destroy(std::vector<KeyNumber> numbers) {
    auto epoch = engine();
    const auto held = hold();
    QUIETUS_CHECK(epoch.destroy(held, permit_for(Verb::destroy), {std::move(numbers)}, end_leases()));
    return epoch.prove(held, prober());
  }
};

}  // namespace quietus::keyrings
