#include "kms/http/body.hpp"

#include <algorithm>

namespace quietus::http {

namespace {

std::unexpected<Problem> refuse(std::string message, int status = 400) {
  Problem problem{{ErrorKind::invalid_input, std::move(message), {}, std::nullopt}, status, {}};
  if (status == 415) problem.error.next_step = "send application/json";
  return std::unexpected(std::move(problem));
}

// RFC 9110 §8.3.1; JSON is UTF-8 (RFC 8259 §8.1), so that is the only parameter that may be said.
bool is_json(std::string text) {
  std::erase(text, ' ');
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text == "application/json" || text == "application/json;charset=utf-8";
}

}  // namespace

std::expected<Json, Problem> parse_body(const Route& route, const wire::HttpRequest& request) {
  if (request.body.empty()) {
    const bool needed = std::ranges::any_of(route.body, [](const Member& member) { return member.required; });
    if (needed) return refuse("a JSON body is needed here");
    return Json();
  }
  if (route.body.empty()) return refuse("no body belongs here");
  const auto* type = wire::find_header(request.headers, "Content-Type");
  if (type == nullptr || wire::count_header(request.headers, "Content-Type") != 1 || !is_json(*type)) {
    return refuse("the body is not said to be JSON", 415);
  }
  if (wire::find_header(request.headers, "Content-Encoding") != nullptr) {
    return refuse("no content coding is taken here", 415);
  }
  auto json = Json::parse(as_text(request.body), route.max_body_bytes);
  if (!json) return std::unexpected(problem_of(std::move(json.error())));
  if (json->object() == nullptr) return refuse("the body must be a JSON object");
  return std::move(*json);
}

}  // namespace quietus::http
