// The one secure heap of the process (OpenSSL): locked memory between guard pages, left out of core files.
#pragma once

#include <cstddef>

#include "quietus/result.hpp"

namespace quietus {

/// Sets the heap up unless it is there already. `size_bytes` is a power of two, at most 4 MiB. Fails when the
/// memory could not be locked, and when somebody else has set the heap up, since nobody then knows that it
/// is.
Status ensure_secure_heap(std::size_t size_bytes);

}  // namespace quietus
