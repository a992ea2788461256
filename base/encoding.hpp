// Text forms of bytes and times.
#pragma once

#include <string>
#include <string_view>

#include "quietus/bytes.hpp"
#include "quietus/clock.hpp"
#include "quietus/result.hpp"

namespace quietus {

std::string hex(BytesView bytes);
inline std::string hex(const Digest& digest) { return hex(digest.view()); }
Result<Bytes> from_hex(std::string_view text);          ///< lower case only, even length
Result<Digest> digest_from_hex(std::string_view text);  ///< exactly 64 digits

std::string base64(BytesView bytes);                       ///< RFC 4648 §4 with padding
Result<Bytes> from_base64(std::string_view text);          ///< strict: canonical padding, zero spare bits
Result<Digest> digest_from_base64(std::string_view text);  ///< exactly 32 bytes
/// RFC 7468 §3: "-----BEGIN PUBLIC KEY-----", lines of 64 characters, the end of it.
std::string pem(std::string_view label, BytesView der);

/// RFC 3339 UTC with milliseconds: "2026-01-31T23:59:59.123Z". Times outside the years 0000 to 9999 give the
/// nearest one that can be written.
std::string rfc3339(UnixMs time);
Result<UnixMs> from_rfc3339(std::string_view text);  ///< that exact form only
UnixMs system_now();

}  // namespace quietus
