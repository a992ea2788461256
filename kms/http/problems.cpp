#include "kms/http/problems.hpp"

#include "base/json.hpp"

namespace quietus::http {

namespace {

constexpr const char* kBusyRetrySeconds = "2";

std::string_view title_of(int status) {
  switch (status) {
    case 400:
      return "The request is not acceptable";
    case 401:
      return "Who is asking is not known";
    case 403:
      return "This is not permitted";
    case 404:
      return "There is no such thing";
    case 405:
      return "This method does not apply here";
    case 409:
      return "The state has moved on";
    case 413:
      return "The body is too large";
    case 415:
      return "The body is of another type than expected";
    case 422:
      return "Something does not verify";
    case 429:
      return "Too many requests";
    case 431:
      return "The header is too large";
    case 503:
      return "Not available at the moment";
    case 504:
      return "Something took too long";
    case 507:
      return "A bound was reached";
    default:
      return "The request failed inside";
  }
}

}  // namespace

int status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid_input:
      return 400;
    case ErrorKind::unauthenticated:
      return 401;
    case ErrorKind::denied:
      return 403;
    case ErrorKind::not_found:
      return 404;
    case ErrorKind::conflict:
      return 409;
    case ErrorKind::unavailable:
      return 503;
    case ErrorKind::timed_out:
      return 504;
    case ErrorKind::exhausted:
      return 507;
    case ErrorKind::corrupt:
    case ErrorKind::verification_failed:
      return 422;
    case ErrorKind::io:
    case ErrorKind::hsm:
    case ErrorKind::internal:
      return 500;
  }
  return 500;
}

Problem problem_of(Error error) {
  Problem problem{std::move(error), 500, {}};
  problem.status = status_of(problem.error.kind);
  if (problem.status == 503) problem.headers.emplace_back("Retry-After", kBusyRetrySeconds);
  return problem;
}

wire::HttpReply render(const Problem& problem, std::string_view request_id) {
  const bool inside = problem.status == 500;
  Json document;
  document["type"] = "urn:quietus:error:" + std::string(to_string(problem.error.kind));
  document["title"] = title_of(problem.status);
  document["status"] = problem.status;
  document["detail"] = inside ? std::string("the request failed inside kms") : problem.error.message;
  document["next_step"] = inside ? std::string("ask the operator of kms for the log of this request id")
                                 : problem.error.next_step;
  document["request_id"] = request_id;
  wire::HttpReply reply;
  reply.status = problem.status;
  reply.content_type = "application/problem+json";
  reply.body = to_bytes(document.write());
  reply.headers = problem.headers;
  return reply;
}

}  // namespace quietus::http
