// What a check that does not hold says. Used by the checks of bundles and cases.
#pragma once

#include <string>

#include "quietus/result.hpp"

namespace quietus::proof {

inline std::unexpected<Error> differs(const std::string& what) {
  return fail(ErrorKind::verification_failed, what);
}

}  // namespace quietus::proof
