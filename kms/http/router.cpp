#include "kms/http/router.hpp"

#include <algorithm>

#include "quietus/ids.hpp"

namespace quietus::http {

namespace {

constexpr std::size_t kMaxQueryParameters = 16;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::vector<std::string_view> split(std::string_view text, char mark) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto at = text.find(mark);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

struct PathParameterTag {
  static constexpr std::string_view kName = "path";
};

std::unexpected<Problem> not_found() {
  return std::unexpected(
      problem_of({ErrorKind::not_found, "nothing is at this path", "see /v1/openapi.json", {}}));
}

Result<std::map<std::string, std::string, std::less<>>> parse_query(const Route& route,
                                                                    std::string_view text) {
  std::map<std::string, std::string, std::less<>> query;
  const auto parts = split(text, '&');
  if (parts.size() > kMaxQueryParameters) return fail(ErrorKind::invalid_input, "too many query parameters");
  for (const auto part : parts) {
    const auto equals = part.find('=');
    QUIETUS_TRY(name, percent_decode(part.substr(0, equals)));
    QUIETUS_TRY(value, percent_decode(equals == std::string_view::npos ? "" : part.substr(equals + 1)));
    const bool known =
        std::ranges::any_of(route.query, [&](const Member& member) { return member.name == name; });
    if (!known) return fail(ErrorKind::invalid_input, "unknown query parameter " + name.substr(0, 64));
    if (!query.emplace(name, value).second) return fail(ErrorKind::invalid_input, name + " is given twice");
  }
  return query;
}

}  // namespace

Result<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0)
        return fail(ErrorKind::invalid_input, "a '%' is not followed by two hexadecimal digits");
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if ((c >= 0 && c < 0x20) || c == 0x7f)
      return fail(ErrorKind::invalid_input, "a control character in the target");
    decoded.push_back(c);
  }
  return decoded;
}

Router::Router(std::span<const Route> table) {
  for (const auto& route : table) {
    const auto segments = parse_pattern(route.pattern);
    const auto most = segments.back().rest ? kMaxSegments : segments.size();
    for (auto size = segments.size(); size <= most; ++size) shapes_.at(size).push_back({&route, segments});
  }
}

std::vector<Router::Segment> Router::parse_pattern(std::string_view pattern) {
  std::vector<Segment> segments;
  for (auto raw : split(pattern.substr(1), '/')) {
    Segment segment;
    if (const auto colon = raw.rfind(':'); colon != std::string_view::npos) {
      segment.verb = raw.substr(colon + 1);
      raw = raw.substr(0, colon);
    }
    if (raw.starts_with('{')) {
      segment.rest = raw.ends_with("...}");
      segment.parameter = raw.substr(1, raw.size() - (segment.rest ? 5 : 2));
    } else {
      segment.literal = raw;
    }
    segments.push_back(std::move(segment));
  }
  return segments;
}

// By the raw text: an encoded ':' or '/' separates nothing.
std::optional<Router::Path> Router::cut(std::string_view target) {
  if (target.size() > kMaxTargetBytes || !target.starts_with('/')) return std::nullopt;
  std::string_view rest = target.substr(1, target.find('?') - 1);
  Path path;
  for (;;) {
    if (path.size == kMaxSegments) return std::nullopt;
    const auto slash = rest.find('/');
    const auto text = rest.substr(0, slash);
    const auto colon = text.rfind(':');
    const bool alone = colon == std::string_view::npos;
    path.segments[path.size++] = {text.substr(0, colon), alone ? std::string_view() : text.substr(colon + 1),
                                  !alone};
    if (slash == std::string_view::npos) return path;
    rest.remove_prefix(slash + 1);
  }
}

bool Router::fits(const Segment& segment, const RawSegment& raw) {
  if (raw.verb != segment.verb || (raw.has_verb && segment.verb.empty())) return false;
  return segment.parameter.empty() ? raw.name == segment.literal : !raw.name.empty();
}

bool Router::fits(const Shape& shape, const Path& path) {
  for (std::size_t i = 0; i < path.size; ++i)
    if (!fits(shape.at(i), path.segments[i])) return false;
  return true;
}

Result<std::map<std::string, std::string, std::less<>>> Router::bind(const Shape& shape, const Path& raw) {
  std::map<std::string, std::string, std::less<>> bound;
  for (std::size_t i = 0; i < raw.size; ++i) {
    const auto& segment = shape.at(i);
    if (segment.parameter.empty()) continue;
    QUIETUS_TRY(value, percent_decode(raw.segments[i].name));
    if (!Id<PathParameterTag>::parse(value)) {
      return fail(ErrorKind::invalid_input,
                  segment.parameter + " in the path is not 1..64 characters of A-Z a-z 0-9 . _ -");
    }
    const auto [there, fresh] = bound.emplace(segment.parameter, value);
    if (!fresh) there->second += "/" + value;
  }
  return bound;
}

const Route* Router::find(std::string_view method, std::string_view target) const {
  if (method == "HEAD") method = "GET";
  const auto raw = cut(target);
  if (!raw) return nullptr;
  for (const auto& shape : shapes_[raw->size])
    if (shape.route->method == method && fits(shape, *raw)) return shape.route;
  return nullptr;
}

std::expected<Match, Problem> Router::match(std::string_view method, std::string_view target) const {
  if (method == "HEAD") method = "GET";
  const auto raw = cut(target);
  if (!raw) return not_found();
  const auto question = target.find('?');
  std::string allow;
  for (const auto& shape : shapes_[raw->size]) {
    if (!fits(shape, *raw)) continue;
    if (shape.route->method != method) {
      allow.append(allow.empty() ? "" : ", ").append(shape.route->method);
      continue;
    }
    auto path = bind(shape, *raw);
    if (!path) return std::unexpected(problem_of(path.error()));
    Match match{shape.route, std::move(*path), {}};
    if (question == std::string_view::npos) return match;
    auto query = parse_query(*shape.route, target.substr(question + 1));
    if (!query) return std::unexpected(problem_of(query.error()));
    match.query = std::move(*query);
    return match;
  }
  if (allow.empty()) return not_found();
  Problem problem{{ErrorKind::invalid_input, "this method does not apply here", "use " + allow, {}}, 405, {}};
  problem.headers.emplace_back("Allow", allow);
  return std::unexpected(std::move(problem));
}

}  // namespace quietus::http
