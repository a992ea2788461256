// Bytes of published test vectors.
#pragma once

#include <string_view>

#include "base/encoding.hpp"

namespace quietus {

inline Bytes unhex(std::string_view text) { return from_hex(text).value(); }

}  // namespace quietus
