// The operations of the Hsm contract over a Token; Pkcs11Hsm forwards to them. Errors as in quietus/hsm.hpp.
#pragma once

#include "kms/pkcs11/token.hpp"

namespace quietus::pkcs11 {

// generate.cpp
Result<Bytes> random(Token& token, std::size_t size_bytes);
Result<HsmKeyRef> generate_device_key(Token& token, const std::string& label);
Result<HsmKeyRef> generate_signing_key(Token& token, const std::string& label, EcCurve curve);
// cipher.cpp
Result<Bytes> encrypt(Token& token, const HsmKeyRef& key, BytesView plaintext, BytesView aad);
Result<SecretBytes> decrypt(Token& token, const HsmKeyRef& key, BytesView sealed, BytesView aad);
// signing.cpp, public_key.cpp
Result<Bytes> sign_digest(Token& token, const HsmKeyRef& key, BytesView digest);
Result<Bytes> public_key(Token& token, const HsmKeyRef& key);
// destroy.cpp, census.cpp
Status destroy(Token& token, const HsmKeyRef& key);
Result<std::vector<HsmObject>> census(Token& token);
// data_object.cpp
Status store_data(Token& token, const std::string& label, BytesView value);
Result<std::optional<Bytes>> load_data(Token& token, const std::string& label);

}  // namespace quietus::pkcs11
