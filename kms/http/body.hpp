// The JSON body of a request, by what its route says.
#pragma once

#include <expected>

#include "base/json.hpp"
#include "kms/http/problems.hpp"
#include "kms/http/route.hpp"

namespace quietus::http {

/// Null when the route has no members. 415 for another type than application/json (UTF-8), 400 for what the
/// strict reader refuses, for a body where none belongs, and for none where one does.
std::expected<Json, Problem> parse_body(const Route& route, const wire::HttpRequest& request);

}  // namespace quietus::http
