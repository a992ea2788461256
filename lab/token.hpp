// A SoftHSM2 token in the laboratory's folder.
#pragma once

#include "lab/layout.hpp"
#include "quietus/result.hpp"

namespace quietus::lab {

inline constexpr const char* kTokenLabel = "quietus";
inline constexpr const char* kSoftHsmModule = "/usr/lib/softhsm/libsofthsm2.so";

/// Makes configuration, random PINs (files 0600) and the token, unless they are there. The PINs reach
/// softhsm2-util through a terminal of our own, never through its arguments.
Status ensure_token(const Layout& layout);

}  // namespace quietus::lab
