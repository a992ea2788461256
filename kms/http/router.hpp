// From method and target to a row of the table. Nothing is normalised: what is not exactly a path of the
// table is 404.
#pragma once

#include <algorithm>
#include <array>
#include <expected>
#include <map>
#include <optional>
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
  /// The row alone; parameters and query may still turn out to be malformed. nullptr where match() says 404
  /// or 405.
  [[nodiscard]] const Route* find(std::string_view method, std::string_view target) const;

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
    /// The last one stands for all that follow where it takes the rest of the path.
    [[nodiscard]] const Segment& at(std::size_t i) const {
      return segments[std::min(i, segments.size() - 1)];
    }
  };
  static constexpr std::size_t kMaxSegments = 16;
  struct RawSegment {
    std::string_view name, verb;
    bool has_verb = false;  ///< there is a ':', perhaps with nothing behind it
  };
  struct Path {
    std::array<RawSegment, kMaxSegments> segments;
    std::size_t size = 0;
  };
  static std::vector<Segment> parse_pattern(std::string_view pattern);
  static std::optional<Path> cut(std::string_view target);
  static bool fits(const Segment& segment, const RawSegment& raw);
  static bool fits(const Shape& shape, const Path& path);
  static Result<std::map<std::string, std::string, std::less<>>> bind(const Shape& shape, const Path& raw);

  std::array<std::vector<Shape>, kMaxSegments + 1> shapes_;  ///< by how many segments they have
};

/// RFC 3986 §2.1, strictly: two hexadecimal digits after every '%', nothing below 0x20, no 0x7f.
Result<std::string> percent_decode(std::string_view text);

}  // namespace quietus::http
