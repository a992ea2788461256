// Method, target and body as a stranger sends them: first line, "method target", then the body. What is
// matched must hold ids only; what is taken as a body must be an object of the strict JSON.
#include <cstdlib>

#include "kms/http/body.hpp"
#include "kms/http/router.hpp"
#include "quietus/ids.hpp"
#include "wire/http1.hpp"

namespace {

using quietus::http::Route;

void require(bool holds) {
  if (!holds) std::abort();
}

const std::vector<Route>& table() {
  static const std::vector<Route> rows = {
      {.method = "GET", .pattern = "/v1/cases/{case}"},
      {.method = "GET", .pattern = "/v1/may", .query = {{"verb", "string", ""}, {"case", "string", ""}}},
      {.method = "POST", .pattern = "/v1/cases", .body = {{"title", "string", ""}}},
      {.method = "POST", .pattern = "/v1/keys/{key}:encrypt", .takes = quietus::http::Takes::octets},
      {.method = "POST",
       .pattern = "/v1/cases/{case}/orders/{order}:approve",
       .body = {{"statement", "object", ""}}},
  };
  return rows;
}

void route(const quietus::wire::HttpRequest& request) {
  static const quietus::http::Router router(table());
  const auto match = router.match(request.method, request.target);
  if (!match) {
    require(match.error().status == 400 || match.error().status == 404 || match.error().status == 405);
    return;
  }
  for (const auto& [name, value] : match->path) require(quietus::CaseId::parse(value).has_value());
  const auto body = quietus::http::parse_body(*match->route, request);
  if (body && !body->json.is_null())
    require(quietus::Json::parse_canonical(body->json.write()).value() == body->json);
  if (body && body->octets) require(body->json.is_null() && body->octets->size() == request.body.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  quietus::wire::RequestReader reader(4096);
  if (!reader.feed({data, size})) return 0;
  for (int count = 0; count < 16 && reader.header_done(); ++count) {
    if (!reader.begin_body(65536) || !reader.done()) return 0;
    route(reader.take());
    if (!reader.feed({})) return 0;
  }
  return 0;
}
