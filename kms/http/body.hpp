// The body of a request, by what its route says.
#pragma once

#include <expected>
#include <optional>

#include "base/json.hpp"
#include "kms/http/problems.hpp"
#include "kms/http/route.hpp"

namespace quietus::http {

/// What a request brought besides its path.
struct Body {
  Json json;                        ///< null when there is none
  std::optional<BytesView> octets;  ///< into the request
  Bytes associated_data;
};

/// 415 for a type that the route does not take (application/json in UTF-8, application/octet-stream), 400 for
/// what the strict reader refuses, for a body or associated data where none belongs, and for none where one
/// does.
std::expected<Body, Problem> parse_body(const Route& route, const wire::HttpRequest& request);

}  // namespace quietus::http
