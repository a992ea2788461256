// Keys are used.
#include <openssl/crypto.h>

#include <algorithm>

#include "kms/keyrings/ciphertext.hpp"
#include "kms/keyrings/keyring.hpp"

namespace quietus::keyrings {

Status Keyring::count_encryption(Held& held, std::uint32_t version) {
  std::uint64_t& used = held.encryptions[version - 1];
  if (used >= options_.max_encryptions)
    return fail(ErrorKind::exhausted, "this version of the key has reached its number of encryptions",
                "rotate the key");
  if (used >= held.card.versions[version - 1].encryptions_reserved) {
    KeyCard card = held.card;
    card.versions[version - 1].encryptions_reserved =
        std::min(options_.max_encryptions, used + options_.reserve_encryptions);
    card.last_use = clock_();
    QUIETUS_TRY(row, card_row(card));
    QUIETUS_CHECK(append({std::move(row)}));
    held.card = std::move(card);
  }
  ++used;
  return {};
}

// Seldom written, and not a reason to refuse: a full disk must not keep anybody from his data.
void Keyring::note_use(Held& held) {
  held.last_use = clock_();
  if (held.last_use - held.card.last_use < options_.last_use_coarse_ms) return;
  KeyCard card = held.card;
  card.last_use = held.last_use;
  auto row = card_row(card);
  if (row && append({std::move(*row)})) held.card = std::move(card);
}

Result<Keyring::Use> Keyring::begin_use(KeyNumber number, std::optional<std::uint32_t> version) {
  const MutexLock lock(mutex_);
  QUIETUS_TRY(held, find(number));
  const auto newest = static_cast<std::uint32_t>(held->card.versions.size());
  const KeyVersion key{number, version.value_or(newest)};
  if (key.version > newest)
    return fail(ErrorKind::corrupt, "the ciphertext names a version that was never made");
  if (!version) QUIETUS_CHECK(count_encryption(*held, key.version));
  note_use(*held);
  return Use{current_, key};
}

Result<Bytes> Keyring::seal(KeyNumber number, BytesView plaintext, BytesView context) {
  if (plaintext.empty() || plaintext.size() > kMaxPlaintextBytes)
    return fail(ErrorKind::invalid_input, "a keyring encrypts 1..65536 bytes");
  if (context.size() > kMaxContextBytes)
    return fail(ErrorKind::invalid_input, "a context has at most 4096 bytes");
  QUIETUS_TRY(use, begin_use(number, std::nullopt));
  const Bytes bound = associated_data(id_, use.key, context);
  QUIETUS_TRY(sealed, use.generation->with_key(use.key, [&](const HsmSessionKey& key) {
    return hsm_.encrypt(key, plaintext, bound);
  }));
  Bytes ciphertext = ciphertext_header(id_, use.key);
  ciphertext.insert(ciphertext.end(), sealed.begin(), sealed.end());
  return ciphertext;
}

Result<SecretBytes> Keyring::unseal(BytesView ciphertext, BytesView context) {
  QUIETUS_TRY(read, read_ciphertext(ciphertext));
  if (read.keyring != id_)
    return fail(ErrorKind::invalid_input, "the ciphertext belongs to keyring " + read.keyring.text());
  if (context.size() > kMaxContextBytes)
    return fail(ErrorKind::invalid_input, "a context has at most 4096 bytes");
  QUIETUS_TRY(use, begin_use(read.key.number, read.key.version));
  const Bytes bound = associated_data(id_, use.key, context);
  return use.generation->with_key(
      use.key, [&](const HsmSessionKey& key) { return hsm_.decrypt(key, read.sealed, bound); });
}

Result<Bytes> Keyring::encrypt(const Permit& permit, KeyNumber number, BytesView plaintext,
                               BytesView context) {
  QUIETUS_CHECK(permit.use(verbs::encrypt, id_.text(), clock_()));
  return seal(number, plaintext, context);
}

Result<SecretBytes> Keyring::decrypt(const Permit& permit, BytesView ciphertext, BytesView context) {
  QUIETUS_CHECK(permit.use(verbs::decrypt, id_.text(), clock_()));
  return unseal(ciphertext, context);
}

Result<keys::DataKey> Keyring::make_data_key(const Permit& permit, KeyNumber number, BytesView context) {
  QUIETUS_CHECK(permit.use(verbs::data_key, id_.text(), clock_()));
  QUIETUS_TRY(drawn, hsm_.random(keys::KeyRoom::kDataKeyBytes));
  auto plaintext = SecretBytes::copy_of(drawn);
  OPENSSL_cleanse(drawn.data(), drawn.size());
  if (!plaintext) return std::unexpected(std::move(plaintext).error());
  if (plaintext->size() != keys::KeyRoom::kDataKeyBytes)
    return fail(ErrorKind::hsm, "the token gave too little randomness");
  QUIETUS_TRY(wrapped, seal(number, plaintext->view(), context));
  return keys::DataKey{std::move(wrapped), std::move(*plaintext)};
}

}  // namespace quietus::keyrings
