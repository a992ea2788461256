// What a script sees.
#pragma once

#include "quietus/result.hpp"

namespace quietus::cli {

enum class ExitCode {
  ok = 0,
  negative = 1,                ///< the answer is no: invalid, failed, not found, in conflict
  issuer_not_established = 2,  ///< verify, replay: consistent, and nobody said whose root it should be
  usage = 3,
  denied = 4,
  unavailable = 5,
  internal = 6,
};

inline constexpr const char* kExitCodeTable =
    "Exit codes:\n"
    "  0  done; yes; valid                     4  denied (every reason is printed)\n"
    "  1  no; invalid; failed; not found       5  unavailable, try again later\n"
    "  2  verify, replay: consistent, but no   6  internal error\n"
    "     anchor given: issuer unknown\n"
    "  3  wrong usage";

ExitCode exit_code_of(ErrorKind kind);

}  // namespace quietus::cli
