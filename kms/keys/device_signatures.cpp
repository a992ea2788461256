#include "kms/keys/device_signatures.hpp"

#include <openssl/crypto.h>

#include "base/crypto.hpp"

namespace quietus::keys {
namespace {

constexpr std::size_t kSha256Bytes = 32, kSha384Bytes = 48;

Result<Bytes> digest_of(KeyAlgorithm algorithm, BytesView message, MessageType type) {
  if (purpose_of(algorithm) != KeyPurpose::sign_verify)
    return fail(ErrorKind::invalid_input, "the key does not sign");
  const bool p384 = algorithm == KeyAlgorithm::ecdsa_p384;
  if (type == MessageType::digest) {
    if (message.size() == (p384 ? kSha384Bytes : kSha256Bytes)) return Bytes(message.begin(), message.end());
    return fail(ErrorKind::invalid_input, p384 ? "this key signs a SHA-384 digest: 48 bytes"
                                               : "this key signs a SHA-256 digest: 32 bytes");
  }
  if (p384) return sha384(message);
  const Digest digest = sha256(message);
  return Bytes(digest.view().begin(), digest.view().end());
}

}  // namespace

Result<Bytes> sign(Hsm& hsm, const Permit& permit, UnixMs now, const KeyRef& key, KeyAlgorithm algorithm,
                   BytesView message, MessageType type) {
  QUIETUS_TRY(digest, digest_of(algorithm, message, type));
  QUIETUS_CHECK(permit.use(Verb::seal, key.id.text(), now));
  return hsm.sign_digest(key.ref, digest);
}

Status verify(Hsm& hsm, const Permit& permit, UnixMs now, const KeyRef& key, KeyAlgorithm algorithm,
              BytesView message, MessageType type, BytesView signature) {
  QUIETUS_TRY(digest, digest_of(algorithm, message, type));
  QUIETUS_CHECK(permit.use(Verb::open, key.id.text(), now));
  QUIETUS_TRY(public_half, hsm.public_key(key.ref));
  return verify_ecdsa_digest(public_half, digest, signature);
}

Result<Bytes> generate_mac(Hsm& hsm, const Permit& permit, UnixMs now, const KeyRef& key, BytesView message) {
  QUIETUS_CHECK(permit.use(Verb::seal, key.id.text(), now));
  return hsm.mac(key.ref, message);
}

Status verify_mac(Hsm& hsm, const Permit& permit, UnixMs now, const KeyRef& key, BytesView message,
                  BytesView mac) {
  QUIETUS_CHECK(permit.use(Verb::open, key.id.text(), now));
  QUIETUS_TRY(expected, hsm.mac(key.ref, message));
  if (mac.size() == expected.size() && CRYPTO_memcmp(mac.data(), expected.data(), expected.size()) == 0)
    return {};
  return fail(ErrorKind::verification_failed, "the MAC does not hold");
}

}  // namespace quietus::keys
