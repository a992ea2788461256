#include "kms/keyrings/ciphertext.hpp"

#include "kms/keyrings/packing.hpp"

namespace quietus::keyrings {

namespace {
constexpr std::string_view kCiphertextMagic = "QCT1";
}

Bytes ciphertext_header(const KeyringId& keyring, const KeyVersion& key) {
  Packer out;
  out.bytes(as_bytes(kCiphertextMagic)).text(keyring.text()).number(key.number.value).number(key.version);
  return out.take();
}

Bytes associated_data(const KeyringId& keyring, const KeyVersion& key, BytesView context) {
  Bytes data = ciphertext_header(keyring, key);
  data.insert(data.end(), context.begin(), context.end());
  return data;
}

Result<Ciphertext> read_ciphertext(BytesView bytes) {
  Unpacker from(bytes);
  Ciphertext read;
  from.expect(kCiphertextMagic);
  const auto keyring = KeyringId::parse(from.text());
  from.require(keyring.has_value());
  if (keyring) read.keyring = *keyring;
  read.key.number.value = from.number<std::uint32_t>();
  read.key.version = from.number<std::uint32_t>();
  from.require(read.key.number.value > 0 && read.key.version > 0);
  read.sealed = from.rest();
  if (from.failed() || read.sealed.size() <= Hsm::kGcmIvBytes + Hsm::kGcmTagBytes)
    return fail(ErrorKind::corrupt, "these bytes are no ciphertext of a keyring");
  return read;
}

}  // namespace quietus::keyrings
