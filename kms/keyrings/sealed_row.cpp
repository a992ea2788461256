#include "kms/keyrings/sealed_row.hpp"

#include <openssl/crypto.h>

namespace quietus::keyrings {

namespace {
constexpr std::size_t kMacBytes = 32;
}

Result<Bytes> seal_row(Hsm& hsm, const HsmKeyRef& mac_key, Bytes body) {
  QUIETUS_TRY(mac, hsm.mac(mac_key, body));
  if (mac.size() != kMacBytes) return fail(ErrorKind::hsm, "the token gave a MAC of another length");
  body.insert(body.end(), mac.begin(), mac.end());
  return body;
}

Result<BytesView> body_of(BytesView row) {
  if (row.size() <= kMacBytes) return fail(ErrorKind::corrupt, "a row of a keyring is cut off");
  return row.first(row.size() - kMacBytes);
}

Result<Bytes> open_row(Hsm& hsm, const HsmKeyRef& mac_key, BytesView row) {
  QUIETUS_TRY(body, body_of(row));
  QUIETUS_TRY(mac, hsm.mac(mac_key, body));
  const BytesView kept = row.last(kMacBytes);
  if (mac.size() != kMacBytes || CRYPTO_memcmp(mac.data(), kept.data(), kMacBytes) != 0)
    return fail(ErrorKind::corrupt, "a row of a keyring was not written by it");
  return Bytes(body.begin(), body.end());
}

}  // namespace quietus::keyrings
