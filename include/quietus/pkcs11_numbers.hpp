// Numbers by which a token names its objects (OASIS PKCS#11 v2.40, pkcs11t.h): the part that rooms other than
// kms/pkcs11 have to read in a census, in attributes and in certificates. kms/pkcs11 holds them against
// pkcs11.h.
#pragma once

#include <cstdint>

namespace quietus {

namespace cko {  // HsmObject::object_class
inline constexpr std::uint32_t public_key = 0x02, private_key = 0x03, secret_key = 0x04;
}

namespace ckk {  // HsmKeyAttributes::key_type
inline constexpr std::uint32_t ec = 0x03, generic_secret = 0x10, aes = 0x1F;
}

}  // namespace quietus
