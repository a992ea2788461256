// Which bytes of a file a sweep over bytes looks at.
#pragma once

#include <cstdlib>

namespace quietus::test {

/// Every byte with QUIETUS_LONG=1 (minutes); about two dozen of each file in an ordinary run.
inline std::size_t byte_stride(std::size_t size) {
  return std::getenv("QUIETUS_LONG") != nullptr ? 1 : size / 24 + 1;
}

}  // namespace quietus::test
