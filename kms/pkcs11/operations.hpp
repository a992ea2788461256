// The operations of the Hsm contract over a Token; Pkcs11Hsm forwards to them. Errors as in quietus/hsm.hpp.
#pragma once

#include "kms/pkcs11/token.hpp"

namespace quietus::pkcs11 {

// generate.cpp
Result<Bytes> random(Token& token, std::size_t size_bytes);
Result<HsmKeyRef> generate_device_key(Token& token, const std::string& label);
Result<HsmKeyRef> generate_signing_key(Token& token, const std::string& label, EcCurve curve);
Result<HsmKeyRef> generate_rsa_signing_key(Token& token, const std::string& label);
Result<HsmKeyRef> generate_wrapping_key(Token& token, const std::string& label);
Result<HsmKeyRef> generate_wrapping_key_unsynced(Token& token, const std::string& label);
Result<HsmKeyRef> generate_mac_key(Token& token, const std::string& label);
// cipher.cpp
Result<Bytes> encrypt(Token& token, const HsmKeyRef& key, BytesView plaintext, BytesView aad);
Result<SecretBytes> decrypt(Token& token, const HsmKeyRef& key, BytesView sealed, BytesView aad);
Result<Bytes> encrypt(Token& token, const HsmSessionKey& key, BytesView plaintext, BytesView aad);
Result<SecretBytes> decrypt(Token& token, const HsmSessionKey& key, BytesView sealed, BytesView aad);
// wrapping.cpp
Result<Bytes> generate_wrapped_key(Token& token, const HsmKeyRef& wrapping);
Result<Bytes> wrap_imported_key(Token& token, const HsmKeyRef& wrapping, const SecretBytes& imported);
Result<Bytes> rewrap_key(Token& token, const HsmKeyRef& from, const HsmKeyRef& to, BytesView wrapped);
Result<Bytes> generate_wrapped_key(Token& token, const HsmSessionKey& wrapping);
Result<Bytes> wrap_imported_key(Token& token, const HsmSessionKey& wrapping, const SecretBytes& imported);
Result<Bytes> rewrap_key(Token& token, const HsmSessionKey& from, const HsmSessionKey& to, BytesView wrapped);
// session_key.cpp, mac.cpp
Result<HsmSessionKeyPtr> unwrap_key(Token& token, const HsmKeyRef& wrapping, BytesView wrapped);
Result<HsmSessionKeyPtr> unwrap_key(Token& token, const HsmSessionKey& wrapping, BytesView wrapped);
Result<HsmSessionKeyPtr> unwrap_wrapping_key(Token& token, const HsmKeyRef& wrapping, BytesView wrapped);
Result<Bytes> mac(Token& token, const HsmKeyRef& key, BytesView data);
// signing.cpp, public_key.cpp
Result<Bytes> sign_digest(Token& token, const HsmKeyRef& key, BytesView digest);
Result<Bytes> public_key(Token& token, const HsmKeyRef& key);
// destroy.cpp, census.cpp
Status destroy(Token& token, const HsmKeyRef& key);
Result<std::vector<HsmObject>> census(Token& token);
// data_object.cpp
Status store_data(Token& token, const std::string& label, BytesView value);
Result<std::optional<Bytes>> load_data(Token& token, const std::string& label);
Status remove_data(Token& token, const std::string& label);

}  // namespace quietus::pkcs11
