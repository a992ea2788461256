#include "wire/client.hpp"

namespace quietus::wire {

namespace {

constexpr std::string_view kTypePrefix = "urn:quietus:error:";

bool has_type(const HttpResponse& response, std::string_view type) {
  return response.content_type == type || response.content_type.starts_with(std::string(type) + ';');
}

ErrorKind kind_of_status(int status) {
  switch (status) {
    case 400:
      return ErrorKind::invalid_input;
    case 401:
      return ErrorKind::unauthenticated;
    case 403:
      return ErrorKind::denied;
    case 404:
      return ErrorKind::not_found;
    case 409:
      return ErrorKind::conflict;
    case 413:
    case 431:
    case 507:
      return ErrorKind::exhausted;
    case 429:
    case 503:
      return ErrorKind::unavailable;
    case 504:
      return ErrorKind::timed_out;
    default:
      return ErrorKind::internal;
  }
}

std::string text_member(const Json& document, std::string_view key) {
  const Json* member = document.find(key);
  const auto* text = member != nullptr ? member->string() : nullptr;
  return text != nullptr ? *text : std::string();
}

ErrorKind kind_of_type(const std::string& type, int status) {
  if (!type.starts_with(kTypePrefix)) return kind_of_status(status);
  const auto spelling = std::string_view(type).substr(kTypePrefix.size());
  for (int value = 0; value <= static_cast<int>(ErrorKind::internal); ++value) {
    if (to_string(static_cast<ErrorKind>(value)) == spelling) return static_cast<ErrorKind>(value);
  }
  return kind_of_status(status);
}

Error error_of(const HttpResponse& response) {
  const std::string status = "the server answered " + std::to_string(response.status);
  if (!has_type(response, "application/problem+json"))
    return {kind_of_status(response.status), status, {}, {}};
  const auto document = Json::parse(as_text(response.body));
  if (!document || document->object() == nullptr) return {kind_of_status(response.status), status, {}, {}};
  Error error{kind_of_type(text_member(*document, "type"), response.status),
              text_member(*document, "detail"),
              text_member(*document, "next_step"),
              {}};
  if (error.message.empty()) error.message = status;
  if (const auto id = text_member(*document, "request_id"); !id.empty() && response.status >= 500) {
    error.message += " (request " + id + ")";
  }
  return error;
}

bool succeeded(const HttpResponse& response) { return response.status >= 200 && response.status < 300; }

}  // namespace

Result<Json> expect_json(const HttpResponse& response) {
  if (!succeeded(response)) return std::unexpected(error_of(response));
  if (response.status == 204) return Json();
  if (!has_type(response, "application/json")) {
    return fail(ErrorKind::corrupt, "the server's answer is not JSON but \"" + response.content_type + '"');
  }
  auto document = Json::parse(as_text(response.body), response.body.size());
  if (!document)
    return fail(ErrorKind::corrupt, "the server's JSON is not acceptable: " + document.error().message);
  return document;
}

Result<Bytes> expect_octets(HttpResponse response) {
  if (!succeeded(response)) return std::unexpected(error_of(response));
  return std::move(response.body);
}

}  // namespace quietus::wire
