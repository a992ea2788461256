#include "kms/service/key_operations.hpp"

#include "governance/may.hpp"
#include "kms/keys/device_cipher.hpp"
#include "kms/service/asking.hpp"
#include "kms/service/certificate_of.hpp"
#include "kms/service/ciphertext_name.hpp"
#include "kms/service/device_use.hpp"

namespace quietus::service {
namespace {

using governance::ReserveUses;

std::unexpected<Error> nobody(std::string_view text) {
  return fail(ErrorKind::not_found, "there is no key " + std::string(text) + " in a case of yours",
              "`quietus keyring list` and `quietus holding show` name the keys that are yours");
}

std::unexpected<Error> is_gone(std::string_view key, const std::string& certificate) {
  return fail(ErrorKind::conflict,
              "key " + std::string(key) + " was destroyed" +
                  (certificate.empty() ? ", its certificate is pending" : ", see certificate " + certificate),
              "what it protected cannot be read any more, from any copy");
}

Status may_see(const governance::State& state, const HoldingId& owner, const Person& person,
               std::string_view text) {
  const auto* holding = state.find(owner);
  const Error hidden = nobody(text).error();
  return may_look(state, holding == nullptr ? CaseId() : holding->case_id, person, hidden.message,
                  hidden.next_step);
}

Result<KeyAddress> find_in(const governance::State& state, const Person& person, std::string_view text) {
  const auto dot = text.rfind('.');
  if (dot != std::string_view::npos) {
    const auto id = KeyringId::parse(text.substr(0, dot));
    const auto* ring = id ? state.find(*id) : nullptr;
    const auto number = id ? key_number_of(*id, text) : std::nullopt;
    if (ring != nullptr && number) {
      QUIETUS_CHECK(may_see(state, ring->holding, person, text));
      const auto key_state = ring->state_of(*number);
      if (!key_state) return nobody(text);
      if (*key_state == KeyState::destroyed || *key_state == KeyState::destroyed_compromised)
        return is_gone(text, certificate_of(state, *ring, *number));
      return NumberedKey{*id, *number};
    }
  }
  const auto id = KeyId::parse(text);
  const auto owner = id ? state.keys.find(*id) : state.keys.end();
  if (owner == state.keys.end()) return nobody(text);
  QUIETUS_CHECK(may_see(state, owner->second, person, text));
  const auto* holding = state.find(owner->second);
  if (holding->state == governance::HoldingState::destroyed) return is_gone(text, holding->certificate_id);
  return *id;
}

/// What a key is, in the words of an answer, and for what.
struct Made {
  KeyPurpose purpose;
  std::string_view as;
};

Made made(const governance::State& state, const KeyAddress& address) {
  if (const auto* key = std::get_if<KeyId>(&address)) {
    const KeyAlgorithm algorithm = state.find(state.keys.at(*key))->key_algorithm;
    return {purpose_of(algorithm), to_string(algorithm)};
  }
  const auto& [keyring, number] = std::get<NumberedKey>(address);
  const auto* ring = state.find(keyring);
  return {ring->purpose_of(number).value_or(KeyPurpose::encrypt_decrypt), to_string(ring->key_class)};
}

const char* what_instead(KeyPurpose wanted) {
  switch (wanted) {
    case KeyPurpose::encrypt_decrypt:
      break;
    case KeyPurpose::sign_verify:
      return "make a key that signs: `quietus key create --algorithm ecdsa_p256`, for a record set of its "
             "own";
    case KeyPurpose::mac:
      return "make a key for MACs: `quietus key create --algorithm hmac_sha256`, for a record set of its own";
  }
  return "make a key that encrypts: `quietus key create`, for a record set of its own, or a keyring";
}

Status check_purpose(const governance::State& state, const KeyAddress& address, std::string_view text,
                     KeyPurpose wanted) {
  const Made key = made(state, address);
  if (key.purpose == wanted) return {};
  return fail(ErrorKind::invalid_input,
              "key " + std::string(text) + " (" + std::string(key.as) + ") is for " +
                  std::string(to_string(key.purpose)) + ", not for " + std::string(to_string(wanted)),
              what_instead(wanted));
}

/// The permit of the keyring covers all of its numbers; whether this one may be used now is asked for each
/// item. A use while the destruction is scheduled is reserved under the number, so that the ledger knows of
/// it.
Status may_use(Service& service, const Person& person, Verb verb, const NumberedKey& key) {
  const auto answer = service.ledger.may_key(&person, verb, key.keyring, key.number);
  if (!answer.permitted) return fail(ErrorKind::denied, answer.why());
  const bool scheduled = service.ledger.look([&](const governance::State& state) {
    return state.find(key.keyring)->in(KeyState::destroy_scheduled).contains(key.number);
  });
  if (!scheduled) return {};
  return service.reservations.with(
      person, ReserveUses{key.keyring, key.number, verb, 1}, [&](const Permit& noted) {
        return noted.use(verb, key_text(key.keyring, key.number), service.clock().now);
      });
}

template <class Act>
auto use_number(Service& service, const Person& person, Verb verb, const NumberedKey& key, Act act)
    -> decltype(act(std::declval<OpenKeyring&>(), std::declval<const Permit&>())) {
  if (Status allowed = may_use(service, person, verb, key); !allowed) return std::unexpected(allowed.error());
  auto open = service.keyrings.find(key.keyring);
  if (!open) return std::unexpected(std::move(open).error());
  return service.reservations.with(person, ReserveUses{key.keyring, {}, verb, 1},
                                   [&](const Permit& permit) { return act(**open, permit); });
}

}  // namespace

Result<KeyAddress> find_key(Service& service, const Person& person, std::string_view text) {
  return service.ledger.look([&](const governance::State& state) { return find_in(state, person, text); });
}

Result<KeyAddress> find_key_for(Service& service, const Person& person, std::string_view text,
                                KeyPurpose purpose) {
  return service.ledger.look([&](const governance::State& state) -> Result<KeyAddress> {
    QUIETUS_TRY(address, find_in(state, person, text));
    QUIETUS_CHECK(check_purpose(state, address, text, purpose));
    return address;
  });
}

Bytes bound_to(Content content, BytesView associated_data) {
  Bytes bound{static_cast<std::uint8_t>(content)};
  bound.insert(bound.end(), associated_data.begin(), associated_data.end());
  return bound;
}

Result<Bytes> encrypt_item(Service& service, const Person& person, const Item& item) {
  return encrypt_content(service, person, item, Content::data);
}

Result<SecretBytes> decrypt_item(Service& service, const Person& person, const Item& item) {
  return decrypt_content(service, person, item, Content::data);
}

Result<Bytes> encrypt_content(Service& service, const Person& person, const Item& item, Content content) {
  const Bytes bound = bound_to(content, item.associated_data);
  QUIETUS_TRY(address, find_key_for(service, person, item.key, KeyPurpose::encrypt_decrypt));
  if (item.data.size() > kMaxItemBytes)
    return fail(ErrorKind::invalid_input, "one operation takes at most 65536 bytes",
                "encrypt larger data under a data key");
  if (const auto* key = std::get_if<KeyId>(&address)) {
    return use_device(service, person, {*key, Verb::seal},
                      [&](const keys::KeyRef& ref, const Permit& permit) {
                        return keys::encrypt(service.hsm, permit, service.clock().now, ref, item.data, bound);
                      });
  }
  const auto& key = std::get<NumberedKey>(address);
  return use_number(service, person, Verb::seal, key,
                    [&](OpenKeyring& open, const Permit& permit) -> Result<Bytes> {
                      if (open.wrapped) return open.wrapped->encrypt(permit, key.number, item.data, bound);
                      QUIETUS_TRY(sealed, open.records->encrypt(permit, key.number, item.data, bound));
                      return name_record(key.keyring, sealed);
                    });
}

Result<SecretBytes> decrypt_content(Service& service, const Person& person, const Item& item,
                                    Content content) {
  const Bytes bound = bound_to(content, item.associated_data);
  QUIETUS_TRY(named, key_named_by(item.data));
  if (!item.key.empty() && item.key != named)
    return fail(ErrorKind::corrupt, "the ciphertext was made under another key");
  QUIETUS_TRY(address, find_key_for(service, person, named, KeyPurpose::encrypt_decrypt));
  if (const auto* key = std::get_if<KeyId>(&address)) {
    return use_device(service, person, {*key, Verb::open},
                      [&](const keys::KeyRef& ref, const Permit& permit) {
                        return keys::decrypt(service.hsm, permit, service.clock().now, ref, item.data, bound);
                      });
  }
  const auto& key = std::get<NumberedKey>(address);
  return use_number(service, person, Verb::open, key,
                    [&](OpenKeyring& open, const Permit& permit) -> Result<SecretBytes> {
                      if (open.wrapped) return open.wrapped->decrypt(permit, item.data, bound);
                      QUIETUS_TRY(sealed, record_of(item.data));
                      return open.records->decrypt(permit, sealed, bound);
                    });
}

Result<Bytes> re_encrypt_item(Service& service, const Person& person, const Item& item) {
  QUIETUS_TRY(plaintext, decrypt_item(service, person, {{}, item.associated_data, item.data}));
  return encrypt_item(service, person, {item.key, item.associated_data, plaintext.view()});
}

}  // namespace quietus::service
