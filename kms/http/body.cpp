#include "kms/http/body.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace quietus::http {

namespace {

std::unexpected<Problem> refuse(std::string message, int status = 400) {
  Problem problem{{ErrorKind::invalid_input, std::move(message), {}, std::nullopt}, status, {}};
  return std::unexpected(std::move(problem));
}

constexpr const char* kAssociatedData = "Associated-Data";

// RFC 9110 §8.3.1; JSON is UTF-8 (RFC 8259 §8.1), so that is the only parameter that may be said.
bool is_json(std::string_view type) {
  return type == "application/json" || type == "application/json;charset=utf-8";
}
bool is_octets(std::string_view type) { return type == "application/octet-stream"; }

std::string content_type(const wire::HttpRequest& request) {
  const auto* type = wire::find_header(request.headers, "Content-Type");
  if (type == nullptr || wire::count_header(request.headers, "Content-Type") != 1) return {};
  std::string text = *type;
  std::erase(text, ' ');
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

std::unexpected<Problem> wrong_type(Takes takes) {
  auto refused = refuse("the body is of a type that is not taken here", 415);
  refused.error().error.next_step = takes == Takes::json ? "send application/json"
                                    : takes == Takes::octets
                                        ? "send application/octet-stream"
                                        : "send application/octet-stream or application/json";
  return refused;
}

std::expected<Bytes, Problem> associated_data(const wire::HttpRequest& request) {
  const auto count = wire::count_header(request.headers, kAssociatedData);
  if (count == 0) return Bytes{};
  auto decoded = from_base64(*wire::find_header(request.headers, kAssociatedData));
  if (count > 1 || !decoded || decoded->size() > service::kMaxAssociatedDataBytes)
    return refuse("Associated-Data is given once, in base64, with at most " +
                  std::to_string(service::kMaxAssociatedDataBytes) + " bytes");
  return std::move(*decoded);
}

std::expected<Json, Problem> parse_json(const Route& route, const wire::HttpRequest& request) {
  auto json = Json::parse(as_text(request.body), route.max_body_bytes);
  if (!json) return std::unexpected(problem_of(std::move(json.error())));
  if (json->object() == nullptr) return refuse("the body must be a JSON object");
  return std::move(*json);
}

std::expected<Body, Problem> without_body(const Route& route) {
  const bool needed = std::ranges::any_of(route.body, [](const Member& member) { return member.required; });
  if (route.takes == Takes::json && needed) return refuse("a JSON body is needed here");
  if (route.takes != Takes::json) return refuse("a body is needed here");
  return Body{};
}

}  // namespace

std::expected<Body, Problem> parse_body(const Route& route, const wire::HttpRequest& request) {
  if (request.body.empty()) return without_body(route);
  if (route.takes == Takes::json && route.body.empty()) return refuse("no body belongs here");
  const std::string type = content_type(request);
  const bool octets = is_octets(type) && route.takes != Takes::json;
  const bool json = is_json(type) && route.takes != Takes::octets;
  if (!octets && !json) return wrong_type(route.takes);
  if (wire::find_header(request.headers, "Content-Encoding") != nullptr) {
    return refuse("no content coding is taken here", 415);
  }
  Body body;
  if (octets) {
    auto data = associated_data(request);
    if (!data) return std::unexpected(std::move(data.error()));
    body.octets = request.body;
    body.associated_data = std::move(*data);
    return body;
  }
  auto parsed = parse_json(route, request);
  if (!parsed) return std::unexpected(std::move(parsed.error()));
  body.json = std::move(*parsed);
  return body;
}

}  // namespace quietus::http
