#include "kms/keys/device_cipher.hpp"

#include <algorithm>

namespace quietus::keys {
namespace {

Bytes header_of(const KeyId& key) {
  Bytes header = to_bytes(kDeviceCiphertextMagic);
  header.push_back(static_cast<std::uint8_t>(key.text().size()));  // an id has at most 64 characters
  const BytesView text = as_bytes(key.text());
  header.insert(header.end(), text.begin(), text.end());
  return header;
}

Bytes joined(Bytes header, BytesView context) {
  header.insert(header.end(), context.begin(), context.end());
  return header;
}

Status check_context(BytesView context) {
  if (context.size() <= KeyRoom::kMaxContextBytes) return {};
  return fail(ErrorKind::invalid_input, "a context has at most 4096 bytes");
}

}  // namespace

Result<KeyId> key_named_by(BytesView ciphertext) {
  constexpr std::size_t kMagic = kDeviceCiphertextMagic.size();
  const auto nobody = [] { return fail(ErrorKind::corrupt, "the ciphertext does not name its key"); };
  if (ciphertext.size() <= kMagic || as_text(ciphertext.first(kMagic)) != kDeviceCiphertextMagic)
    return nobody();
  const std::size_t size = ciphertext[kMagic];
  if (ciphertext.size() <= kMagic + 1 + size) return nobody();
  auto key = KeyId::parse(as_text(ciphertext.subspan(kMagic + 1, size)));
  if (!key) return nobody();
  return key;
}

Result<Bytes> encrypt(Hsm& hsm, const Permit& permit, UnixMs now, const KeyRef& key, BytesView plaintext,
                      BytesView context) {
  QUIETUS_CHECK(check_context(context));
  QUIETUS_CHECK(permit.use(Verb::seal, key.id.text(), now));
  Bytes ciphertext = header_of(key.id);
  QUIETUS_TRY(sealed, hsm.encrypt(key.ref, plaintext, joined(ciphertext, context)));
  ciphertext.insert(ciphertext.end(), sealed.begin(), sealed.end());
  return ciphertext;
}

Result<SecretBytes> decrypt(Hsm& hsm, const Permit& permit, UnixMs now, const KeyRef& key,
                            BytesView ciphertext, BytesView context) {
  QUIETUS_CHECK(check_context(context));
  QUIETUS_TRY(named, key_named_by(ciphertext));
  if (named != key.id) return fail(ErrorKind::corrupt, "the ciphertext was made under another key");
  QUIETUS_CHECK(permit.use(Verb::open, key.id.text(), now));
  const Bytes header = header_of(key.id);
  return hsm.decrypt(key.ref, ciphertext.subspan(header.size()), joined(header, context));
}

}  // namespace quietus::keys
