#include "cli/terminal/exit_code.hpp"

namespace quietus::cli {

ExitCode exit_code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid_input:
      return ExitCode::usage;
    case ErrorKind::denied:
    case ErrorKind::unauthenticated:
      return ExitCode::denied;
    case ErrorKind::unavailable:
    case ErrorKind::timed_out:
      return ExitCode::unavailable;
    case ErrorKind::not_found:
    case ErrorKind::conflict:
    case ErrorKind::exhausted:
    case ErrorKind::corrupt:
    case ErrorKind::verification_failed:
      return ExitCode::negative;
    case ErrorKind::io:
    case ErrorKind::hsm:
    case ErrorKind::internal:
      break;
  }
  return ExitCode::internal;
}

}  // namespace quietus::cli
