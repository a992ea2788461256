#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "kms/http/openapi.hpp"
#include "kms/http/router.hpp"

using namespace quietus;
using namespace quietus::http;

namespace {

std::string example_of(std::string_view pattern) {
  std::string path;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '{') {
      path.push_back(pattern[i]);
      continue;
    }
    path += "x1";
    i = pattern.find('}', i);
  }
  return path;
}

/// A parameter that takes the rest of the path is one like the others in the document.
std::string documented(std::string_view pattern) {
  std::string path(pattern);
  if (const auto dots = path.find("..."); dots != std::string::npos) path.erase(dots, 3);
  return path;
}

}  // namespace

TEST_CASE("each row of the table is reached by its own path, and has all that a row must have") {
  const Router router(routes());
  std::set<std::string_view> names;
  for (const auto& route : routes()) {
    INFO(route.pattern);
    const auto match = router.match(route.method, example_of(route.pattern));
    REQUIRE(match);
    CHECK(match->route == &route);
    CHECK(route.use_case != nullptr);
    CHECK_FALSE(route.summary.empty());
    CHECK(names.insert(route.name).second);
    CHECK((route.method == "GET" || route.method == "POST"));
    if (route.method == "GET") CHECK((route.body.empty() && route.repeat == Repeat::refused));
  }
  CHECK(routes().size() == 85);
}

TEST_CASE("no answer with octets, and nothing a host sends, may be kept under an idempotency key") {
  for (const auto& route : routes()) {
    INFO(route.pattern);
    if (route.answer == Answer::octets || route.who == Who::host) CHECK(route.repeat == Repeat::refused);
  }
}

TEST_CASE("restrictive are the freezes, suspend and withdraw; open to strangers is liveness alone") {
  std::set<std::string_view> restrictive, open, read;
  for (const auto& route : routes()) {
    if (route.pace == Pace::restrictive) restrictive.insert(route.name);
    if (route.who == Who::reader) read.insert(route.name);
    if (route.who == Who::nobody) open.insert(route.name);
  }
  CHECK(restrictive ==
        std::set<std::string_view>{"freezeCase", "freezeHolding", "suspendPerson", "withdrawOrder"});
  CHECK(open == std::set<std::string_view>{"live"});
  CHECK(read ==
        std::set<std::string_view>{"showLedger", "ledgerCheckpoint", "ledgerTile", "ledgerHeartbeat"});
}

TEST_CASE("the OpenAPI document describes every row and nothing else") {
  const Json document = openapi(routes());
  CHECK(*document.find("openapi")->string() == "3.1.0");
  std::size_t operations = 0;
  for (const auto& [path, methods] : *document.find("paths")->object())
    operations += methods.object()->size();
  CHECK(operations == routes().size());
  for (const auto& route : routes()) {
    INFO(route.pattern);
    const Json* operation =
        document.find("paths")->find(documented(route.pattern))->find(route.method == "GET" ? "get" : "post");
    REQUIRE(operation != nullptr);
    CHECK(*operation->find("operationId")->string() == route.name);
    const auto parameters = static_cast<std::size_t>(std::ranges::count(route.pattern, '{')) +
                            route.query.size() + (route.repeat == Repeat::by_key ? 1 : 0) +
                            (route.takes != Takes::json ? 1 : 0);
    const Json* listed = operation->find("parameters");
    CHECK((listed == nullptr ? 0 : listed->array()->size()) == parameters);
    const bool takes_a_body = !route.body.empty() || route.takes != Takes::json;
    CHECK((operation->find("requestBody") != nullptr) == takes_a_body);
  }
  CHECK(Json::parse_canonical(document.write()));
}
