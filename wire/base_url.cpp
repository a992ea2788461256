#include "wire/base_url.hpp"

#include <algorithm>

namespace quietus::wire {

namespace {

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

bool is_port(std::string_view text) {
  if (text.empty() || text.size() > 5 ||
      !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) {
    return false;
  }
  const int port = std::stoi(std::string(text));
  return port >= 1 && port <= 65535;
}

std::unexpected<Error> refused(std::string_view text) {
  return fail(ErrorKind::invalid_input, "not a base URL: " + std::string(text),
              "write it as https://host:port");
}

}  // namespace

Result<BaseUrl> parse_base_url(std::string_view text) {
  BaseUrl url;
  std::string_view rest = text;
  url.tls = rest.starts_with("https://");
  if (!url.tls && !rest.starts_with("http://")) return refused(text);
  rest.remove_prefix(url.tls ? 8 : 7);
  const auto slash = std::min(rest.find('/'), rest.size());
  url.authority = rest.substr(0, slash);
  url.prefix = rest.substr(slash);
  while (url.prefix.ends_with('/')) url.prefix.pop_back();
  if (!std::ranges::all_of(url.prefix, [](char c) { return c > 0x20 && c < 0x7f && c != '?' && c != '#'; })) {
    return refused(text);
  }
  std::string_view authority = url.authority;
  const bool bracketed = authority.starts_with('[');
  const auto host_end = bracketed ? authority.find(']') : std::min(authority.find(':'), authority.size());
  if (host_end == std::string_view::npos) return refused(text);
  url.host = authority.substr(bracketed ? 1 : 0, bracketed ? host_end - 1 : host_end);
  authority.remove_prefix(host_end + (bracketed ? 1 : 0));
  if (authority.empty()) {
    url.port = url.tls ? "443" : "80";
  } else {
    url.port = authority.substr(1);
    if (authority.front() != ':' || !is_port(url.port)) return refused(text);
  }
  const bool good = !url.host.empty() && url.host.size() <= 253 && std::ranges::all_of(url.host, [&](char c) {
    return is_host_character(c) || (bracketed && c == ':');
  });
  if (!good) return refused(text);
  return url;
}

}  // namespace quietus::wire
