// What a script sees.
#pragma once

#include "quietus/result.hpp"

namespace quietus::cli {

enum class ExitCode {
  ok = 0,
  negative = 1,         ///< the answer is no: invalid, failed, not found, in conflict
  not_established = 2,  ///< verify, replay: nothing is wrong, and yet it is not plainly valid
  usage = 3,
  denied = 4,
  unavailable = 5,
  internal = 6,
};

inline constexpr const char* kExitCodeTable =
    "Exit codes:\n"
    "  0  done; yes; valid                     4  denied (every reason is printed)\n"
    "  1  no; invalid; failed; not found       5  unavailable, try again later\n"
    "  2  verify, replay: nothing is wrong,    6  internal error\n"
    "     but no anchor given, or expired,\n"
    "     revoked later, of a newer format\n"
    "  3  wrong usage";

ExitCode exit_code_of(ErrorKind kind);

}  // namespace quietus::cli
