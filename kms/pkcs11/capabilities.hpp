// What a token can really carry. A mechanism list says too much (a module in between may not pass a mechanism
// on) and too little (whether a key that is not EXTRACTABLE lets itself be wrapped): what it lists is tried,
// with session objects only.
#pragma once

#include "kms/pkcs11/token.hpp"

namespace quietus::pkcs11 {

/// `unavailable` when the token goes away meanwhile; whatever else fails is a capability less.
Result<HsmCapabilities> find_capabilities(Token& token);

/// Errors (`hsm`) name what the token lacks.
Status require_device_class(const Token& token);
Status require_wrapped_class(const Token& token);
Status require_mac(const Token& token);
Status require_signing(const Token& token, EcCurve curve);
Status require_rsa_pss(const Token& token);
Status require_data_objects(const Token& token);

}  // namespace quietus::pkcs11
