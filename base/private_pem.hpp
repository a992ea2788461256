// Private keys as PKCS#8 PEM without passphrase in private files (RFC 5958): what FileKey and Ed25519Key
// share. Private to base.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>

#include "base/freed.hpp"
#include "quietus/bytes.hpp"
#include "quietus/result.hpp"

namespace quietus {

using PrivateKey = std::unique_ptr<EVP_PKEY, Freed<&EVP_PKEY_free>>;

/// Any key; the caller looks at what it is. `invalid_input` when the file is something else.
Result<PrivateKey> read_private_pem(const std::string& path);
/// 0600; refuses to overwrite.
Status write_private_pem(const std::string& path, EVP_PKEY* key);
/// The secure heap, before a private key is made in memory.
Status prepare_for_private_keys();

}  // namespace quietus
