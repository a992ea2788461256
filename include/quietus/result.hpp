// Expected failure is a value: Result<T> = std::expected<T, Error>. No caller branches on a caught type.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace quietus {

/// Closed list of what can go wrong. Edges map each kind to one HTTP status and one exit code.
enum class ErrorKind {
  invalid_input,    ///< the caller's bytes or arguments are wrong; nothing was changed
  denied,           ///< may() said no; the message carries the reasons
  unauthenticated,  ///< who is asking could not be established
  not_found,
  conflict,     ///< the state moved on: changed order, used nonce, replay
  unavailable,  ///< try again later: HSM away, queue full, time-stamp authority away
  timed_out,
  exhausted,            ///< a bound was reached: size, depth, uses, disk space
  corrupt,              ///< stored or transmitted bytes fail their integrity check
  verification_failed,  ///< a signature, proof, sample or identity does not hold
  io,
  hsm,  ///< the token answered with an error that is not the caller's fault
  internal,
};

/// `ErrorKind::not_found` -> "not_found". The spelling is part of the API (problem+json `type`).
std::string_view to_string(ErrorKind kind);

/// Message: without secrets, for people. `next_step`: what to do now, may be empty.
struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;
  std::string next_step;
  std::optional<unsigned long> ck_rv;  ///< PKCS#11 return value when the HSM was the source
};

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

[[nodiscard]] inline std::unexpected<Error> fail(ErrorKind kind, std::string message,
                                                 std::string next_step = {}) {
  return std::unexpected(Error{kind, std::move(message), std::move(next_step), std::nullopt});
}

}  // namespace quietus

// libstdc++ 12 has no std::expected::and_then. QUIETUS_TRY(name, expr) binds the value or returns the error;
// QUIETUS_CHECK(expr) returns the error of a Status or Result whose value is not needed.
#define QUIETUS_TRY(name, ...)                                                  \
  auto name##_result = (__VA_ARGS__);                                           \
  if (!name##_result) return std::unexpected(std::move(name##_result).error()); \
  auto& name = *name##_result
#define QUIETUS_CHECK(...)                                     \
  do {                                                         \
    if (auto check_result = (__VA_ARGS__); !check_result)      \
      return std::unexpected(std::move(check_result).error()); \
  } while (false)
