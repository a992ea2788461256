// Failures on the wire: application/problem+json (RFC 9457), one status per kind of error.
#pragma once

#include <string>
#include <string_view>

#include "quietus/result.hpp"
#include "wire/message.hpp"

namespace quietus::http {

/// An error with what HTTP needs beside it.
struct Problem {
  Error error;
  int status = 500;
  wire::Headers headers;  ///< Allow, Retry-After
};

/// Status and headers by the kind alone.
Problem problem_of(Error error);
int status_of(ErrorKind kind);

/// {"type":"urn:quietus:error:<kind>","title","status","detail","next_step","request_id"}. What failed inside
/// (500) is not told: the log has it under the request id.
wire::HttpReply render(const Problem& problem, std::string_view request_id);

}  // namespace quietus::http
