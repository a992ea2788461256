// From method and target to a row of the table. Nothing is normalised: what is not exactly a path of the
// table is 404.
#pragma once

#include <expected>
#include <map>
#include <string>

#include "kms/http/problems.hpp"
#include "kms/http/route.hpp"

namespace quietus::http {

inline constexpr std::size_t kMaxTargetBytes = 2048;

struct Match {
  const Route* route = nullptr;
  std::map<std::string, std::string, std::less<>> path;
  std::map<std::string, std::string, std::less<>> query;
};

class Router {
 public:
  /// `table` outlives the router.
  explicit Router(std::span<const Route> table);

  /// HEAD is GET. 400: bad percent-encoding, a malformed id, a query parameter that is unknown or given
  /// twice; 404; 405 with Allow.
  [[nodiscard]] std::expected<Match, Problem> match(std::string_view method, std::string_view target) const;

 private:
  struct Segment {
    std::string literal;  ///< when `parameter` is empty
    std::string parameter;
    std::string verb;   ///< after the last ':'
    bool rest = false;  ///< "{name...}", the last of a pattern: this part of the path and all that follow
  };
  struct Shape {
    const Route* route;
    std::vector<Segment> segments;
  };
  static std::vector<Segment> parse_pattern(std::string_view pattern);
  static bool fits(const Segment& segment, std::string_view raw);
  static bool fits(const Shape& shape, const std::vector<std::string_view>& raw);
  static Result<std::map<std::string, std::string, std::less<>>> bind(
      const Shape& shape, const std::vector<std::string_view>& raw);

  std::vector<Shape> shapes_;
};

/// RFC 3986 §2.1, strictly: two hexadecimal digits after every '%', nothing below 0x20, no 0x7f.
Result<std::string> percent_decode(std::string_view text);

}  // namespace quietus::http
