#include "seal/record_cipher.hpp"

#include <string.h>

#include <algorithm>
#include <iterator>

#include "base/crypto.hpp"

namespace quietus::seal {
namespace {

using Nonce = std::array<std::uint8_t, 12>;

Nonce make_nonce(const NoncePrefix& prefix, std::uint32_t counter, RecordType type) {
  Nonce nonce{};
  std::ranges::copy(prefix, nonce.begin());
  for (std::size_t i = 0; i < 4; ++i) nonce[7 + i] = static_cast<std::uint8_t>(counter >> (24 - 8 * i));
  nonce[11] = static_cast<std::uint8_t>(type);
  return nonce;
}

}  // namespace

Result<RecordCipher> RecordCipher::make(SecretBytes key, const NoncePrefix& prefix) {
  if (key.size() != kDataKeyBytes) return fail(ErrorKind::invalid_input, "a data key has 32 bytes");
  RecordCipher cipher;
  cipher.key_ = std::move(key);
  cipher.prefix_ = prefix;
  return cipher;
}

Result<Bytes> RecordCipher::seal(RecordType type, std::uint32_t counter, BytesView aad,
                                 BytesView plaintext) const {
  return aes_256_gcm_seal(key_, make_nonce(prefix_, counter, type), aad, plaintext);
}

Result<Bytes> RecordCipher::open(RecordType type, std::uint32_t counter, BytesView aad,
                                 BytesView sealed) const {
  return aes_256_gcm_open(key_, make_nonce(prefix_, counter, type), aad, sealed);
}

Frame frame_of(RecordType type, std::size_t body_bytes) {
  return {type, static_cast<std::uint32_t>(body_bytes)};
}

Bytes bind_fields(BytesView position, Frame frame, BytesView fields) {
  Bytes aad(position.begin(), position.end());
  std::ranges::copy(encode_frame(frame), std::back_inserter(aad));
  aad.insert(aad.end(), fields.begin(), fields.end());
  return aad;
}

Digest extend_chain(const Digest& chain, Frame frame, BytesView body) {
  Sha256 hash;
  hash.update(chain.view());
  hash.update(encode_frame(frame));
  hash.update(body);
  return hash.finish();
}

void cleanse(Bytes& bytes) {
  if (!bytes.empty()) ::explicit_bzero(bytes.data(), bytes.size());
  bytes.clear();
}

}  // namespace quietus::seal
