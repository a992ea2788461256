#include <algorithm>

#include "wire/http1.hpp"

namespace quietus::wire {

namespace {

// RFC 9110 §5.6.2: token.
bool is_token(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
  });
}

bool is_visible(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

// A line break in a value would be a second header, or a second message.
bool is_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

void add_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string_view reason_phrase(int status) {
  static constexpr std::pair<int, std::string_view> kPhrases[] = {{200, "OK"},
                                                                  {201, "Created"},
                                                                  {202, "Accepted"},
                                                                  {204, "No Content"},
                                                                  {304, "Not Modified"},
                                                                  {400, "Bad Request"},
                                                                  {401, "Unauthorized"},
                                                                  {403, "Forbidden"},
                                                                  {404, "Not Found"},
                                                                  {405, "Method Not Allowed"},
                                                                  {408, "Request Timeout"},
                                                                  {409, "Conflict"},
                                                                  {413, "Content Too Large"},
                                                                  {415, "Unsupported Media Type"},
                                                                  {422, "Unprocessable Content"},
                                                                  {429, "Too Many Requests"},
                                                                  {431, "Request Header Fields Too Large"},
                                                                  {500, "Internal Server Error"},
                                                                  {503, "Service Unavailable"},
                                                                  {504, "Gateway Timeout"},
                                                                  {507, "Insufficient Storage"}};
  const auto* found = std::ranges::find(kPhrases, status, [](const auto& row) { return row.first; });
  return found == std::end(kPhrases) ? "Status" : found->second;
}

std::string write_reply_head(const HttpReply& reply, bool keep_alive, bool to_head_request) {
  std::string out = "HTTP/1.1 " + std::to_string(reply.status) + ' ';
  out.append(reason_phrase(reply.status)).append("\r\n");
  if (!reply.content_type.empty() && is_value(reply.content_type))
    add_field(out, "Content-Type", reply.content_type);
  for (const auto& [name, value] : reply.headers) {
    if (is_token(name) && is_value(value)) add_field(out, name, value);
  }
  const bool bodiless = reply.status == 204 || reply.status == 304;
  if (!bodiless && !(to_head_request && reply.body.empty())) {
    add_field(out, "Content-Length", std::to_string(reply.body.size()));
  }
  add_field(out, "Connection", keep_alive ? "keep-alive" : "close");
  return out + "\r\n";
}

Result<std::string> write_request_head(std::string_view method, std::string_view target,
                                       std::string_view host, std::string_view content_type,
                                       std::size_t body_bytes, const Headers& headers) {
  if (!is_token(method)) return fail(ErrorKind::invalid_input, "the method is not an HTTP token");
  if (!target.starts_with('/') || !is_visible(target)) {
    return fail(ErrorKind::invalid_input, "the request target must begin with '/' and have no spaces",
                "percent-encode what is not plain ASCII");
  }
  std::string out = std::string(method) + ' ' + std::string(target) + " HTTP/1.1\r\n";
  add_field(out, "Host", host);
  if (!is_value(content_type))
    return fail(ErrorKind::invalid_input, "the content type holds a control character");
  if (!content_type.empty()) add_field(out, "Content-Type", content_type);
  for (const auto& [name, value] : headers) {
    if (!is_token(name) || !is_value(value)) {
      return fail(ErrorKind::invalid_input, "a header of the request is not plain ASCII text");
    }
    add_field(out, name, value);
  }
  if (body_bytes > 0 || method == "POST" || method == "PUT") {
    add_field(out, "Content-Length", std::to_string(body_bytes));
  }
  return out + "\r\n";
}

}  // namespace quietus::wire
