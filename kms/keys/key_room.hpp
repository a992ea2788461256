// Device keys and the data keys under them. No key without a permit: every function takes one use of it
// first.
#pragma once

#include <string>
#include <vector>

#include "kms/keys/token_gate.hpp"
#include "quietus/bytes.hpp"
#include "quietus/clock.hpp"
#include "quietus/hsm.hpp"
#include "quietus/ids.hpp"
#include "quietus/key.hpp"
#include "quietus/permit.hpp"
#include "quietus/result.hpp"

namespace quietus::keys {

/// A key as the ledger knows it: what people call it, and what the token calls it.
struct KeyRef {
  KeyId id;
  HsmKeyRef ref;
  bool operator==(const KeyRef&) const = default;
};

struct CreatedKey {
  KeyRef key;
  HsmKeyAttributes attributes;  ///< read back from the token
  UnixMs created;
};

/// One fresh 256-bit key. `wrapped` is for storage, `plaintext` is used once and forgotten.
struct DataKey {
  Bytes wrapped;
  SecretBytes plaintext;
};

class KeyRoom {
 public:
  static constexpr std::size_t kDataKeyBytes = 32, kMaxDataKeys = 64, kMaxContextBytes = 4096;

  KeyRoom(Hsm& hsm, WallClock clock) : hsm_(hsm), clock_(std::move(clock)) {}

  /// AES-256 key (or a key for another algorithm) on the token, labelled with its id. Permit: `seal` on the
  /// id. `invalid_input` for ids that begin with "canary-" (such keys belong to destructions), `unavailable`
  /// while a destruction is being proven.
  Result<CreatedKey> create_device_key(const Permit& permit, const KeyId& id,
                                       KeyAlgorithm algorithm = KeyAlgorithm::aes_256_gcm);

  /// `count` (1..kMaxDataKeys) fresh data keys. Permit: `release_data_key` on the id; one call is one use.
  Result<std::vector<DataKey>> release_data_keys(const Permit& permit, const KeyRef& key, BytesView context,
                                                 std::size_t count);

  /// One data key that nobody has seen in clear. Permit: `seal` on the id.
  Result<Bytes> make_wrapped_data_key(const Permit& permit, const KeyRef& key, BytesView context);

  /// The plaintext of one wrapped data key. Permit: `release_data_key` on the id. `corrupt` when key, context
  /// or bytes are not the ones it was wrapped with.
  Result<SecretBytes> open_data_key(const Permit& permit, const KeyRef& key, BytesView wrapped,
                                    BytesView context);

  /// Right to make a key, taken before the making is committed: `unavailable` must not leave half a key
  /// behind.
  Result<TokenGate::Creation> begin_creation() { return gate_.create(); }
  Result<CreatedKey> create_device_key(const TokenGate::Creation& creation, const Permit& permit,
                                       const KeyId& id, KeyAlgorithm algorithm = KeyAlgorithm::aes_256_gcm);
  /// Repair, for a process that starts and for `init`; nothing that serves calls it. What a crash left of the
  /// making of a pair: a public half without the one that works. It takes no permit because it ends no key:
  /// nothing under that id computes anything. Nothing when there is none, or both are there. `unavailable`
  /// while a destruction is being proven.
  Status remove_half_made(const KeyId& id);
  /// A destruction that an earlier process left open (kms/service at start).
  void owe_proof(const KeyId& id) { gate_.owe(id); }

  /// Right to destroy that key and prove it gone (kms/keys/destruction.hpp). Until it is shown gone nothing
  /// else is made or destroyed. A process that starts resumes its open destructions before it makes keys.
  Result<TokenHold> hold_token(const KeyId& id) { return gate_.hold(id); }

 private:
  Result<DataKey> make_data_key(const HsmKeyRef& key, BytesView aad);

  Hsm& hsm_;
  const WallClock clock_;
  TokenGate gate_;
};

/// What a wrapped data key is bound to: canonical JSON of type, key id and SHA-256 of the context.
std::string data_key_aad(const KeyId& id, BytesView context);

}  // namespace quietus::keys
