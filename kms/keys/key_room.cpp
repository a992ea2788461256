#include "kms/keys/key_room.hpp"

#include <openssl/crypto.h>

#include <algorithm>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/json.hpp"
#include "kms/keys/canary.hpp"

namespace quietus::keys {

std::string data_key_aad(const KeyId& id, BytesView context) {
  const Json aad(
      Json::Object{{"context", hex(sha256(context))}, {"key", id.text()}, {"type", "quietus.data-key/1"}});
  return aad.write();
}

Result<CreatedKey> KeyRoom::create_device_key(const Permit& permit, const KeyId& id, KeyAlgorithm algorithm) {
  QUIETUS_TRY(creation, gate_.create());
  return create_device_key(creation, permit, id, algorithm);
}

Result<CreatedKey> KeyRoom::create_device_key(const TokenGate::Creation&, const Permit& permit,
                                              const KeyId& id, KeyAlgorithm algorithm) {
  if (is_canary_label(id.text()))
    return fail(ErrorKind::invalid_input, "key ids that begin with 'canary-' are reserved");
  QUIETUS_CHECK(permit.use(Verb::seal, id.text(), clock_()));
  QUIETUS_TRY(ref, generate_key(hsm_, kind_of(algorithm), id.text()));
  QUIETUS_TRY(attributes, hsm_.attributes(ref));
  return CreatedKey{{id, ref}, attributes, clock_()};
}

Status KeyRoom::remove_half_made(const KeyId& id) {
  const auto no_proof_meanwhile = gate_.create();
  if (!no_proof_meanwhile) return std::unexpected(no_proof_meanwhile.error());
  QUIETUS_TRY(census, hsm_.census());
  for (const HsmObject& object : census) {
    HsmKeyRef ref;
    if (object.label != id.text() || object.cka_id.size() != ref.cka_id.size()) continue;
    std::ranges::copy(object.cka_id, ref.cka_id.begin());
    const auto works = hsm_.attributes(ref);
    if (works) continue;
    if (works.error().kind != ErrorKind::not_found) return std::unexpected(works.error());
    if (const Status gone = hsm_.destroy(ref); !gone && gone.error().kind != ErrorKind::not_found)
      return gone;
  }
  return {};
}

Result<DataKey> KeyRoom::make_data_key(const HsmKeyRef& key, BytesView aad) {
  QUIETUS_TRY(drawn, hsm_.random(kDataKeyBytes));
  auto plaintext = SecretBytes::copy_of(drawn);
  OPENSSL_cleanse(drawn.data(), drawn.size());
  if (!plaintext) return std::unexpected(std::move(plaintext).error());
  if (plaintext->size() != kDataKeyBytes) return fail(ErrorKind::hsm, "the token gave too little randomness");
  QUIETUS_TRY(wrapped, hsm_.encrypt(key, plaintext->view(), aad));
  return DataKey{std::move(wrapped), std::move(*plaintext)};
}

Result<std::vector<DataKey>> KeyRoom::release_data_keys(const Permit& permit, const KeyRef& key,
                                                        BytesView context, std::size_t count) {
  if (count == 0 || count > kMaxDataKeys)
    return fail(ErrorKind::invalid_input, "ask for 1..64 data keys at a time");
  if (context.size() > kMaxContextBytes)
    return fail(ErrorKind::invalid_input, "a context has at most 4096 bytes");
  QUIETUS_CHECK(permit.use(Verb::release_data_key, key.id.text(), clock_()));
  const std::string aad = data_key_aad(key.id, context);
  std::vector<DataKey> released;
  released.reserve(count);
  while (released.size() < count) {
    QUIETUS_TRY(data_key, make_data_key(key.ref, as_bytes(aad)));
    released.push_back(std::move(data_key));
  }
  return released;
}

Result<Bytes> KeyRoom::make_wrapped_data_key(const Permit& permit, const KeyRef& key, BytesView context) {
  if (context.size() > kMaxContextBytes)
    return fail(ErrorKind::invalid_input, "a context has at most 4096 bytes");
  QUIETUS_CHECK(permit.use(Verb::seal, key.id.text(), clock_()));
  const std::string aad = data_key_aad(key.id, context);
  QUIETUS_TRY(made, make_data_key(key.ref, as_bytes(aad)));
  return std::move(made.wrapped);
}

Result<SecretBytes> KeyRoom::open_data_key(const Permit& permit, const KeyRef& key, BytesView wrapped,
                                           BytesView context) {
  if (context.size() > kMaxContextBytes)
    return fail(ErrorKind::invalid_input, "a context has at most 4096 bytes");
  QUIETUS_CHECK(permit.use(Verb::release_data_key, key.id.text(), clock_()));
  QUIETUS_TRY(plaintext, hsm_.decrypt(key.ref, wrapped, as_bytes(data_key_aad(key.id, context))));
  if (plaintext.size() != kDataKeyBytes)
    return fail(ErrorKind::corrupt, "the wrapped bytes are not a data key");
  return std::move(plaintext);
}

}  // namespace quietus::keys
