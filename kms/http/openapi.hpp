// The table as an OpenAPI 3.1 document.
#pragma once

#include "base/json.hpp"
#include "kms/http/route.hpp"

namespace quietus::http {

Json openapi(std::span<const Route> table);

}  // namespace quietus::http
