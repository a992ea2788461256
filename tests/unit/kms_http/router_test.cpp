#include "kms/http/router.hpp"

#include <catch2/catch.hpp>

using namespace quietus;
using namespace quietus::http;

namespace {

const std::vector<Route>& table() {
  static const std::vector<Route> rows = {
      {.method = "GET", .pattern = "/v1/cases", .name = "list"},
      {.method = "POST", .pattern = "/v1/cases", .name = "open"},
      {.method = "GET", .pattern = "/v1/cases/{case}", .name = "show"},
      {.method = "GET", .pattern = "/v1/cases/{case}/orders/{order}/document", .name = "document"},
      {.method = "POST", .pattern = "/v1/cases/{case}/orders/{order}:approve", .name = "approve"},
      {.method = "GET", .pattern = "/v1/files/{file...}", .name = "file"},
      {.method = "GET",
       .pattern = "/v1/may",
       .name = "may",
       .query = {{"verb", "string", ""}, {"case", "string", ""}}},
  };
  return rows;
}

std::expected<Match, Problem> match(std::string_view method, std::string_view target) {
  static const Router router(table());
  return router.match(method, target);
}

int refusal(std::string_view method, std::string_view target) {
  const auto matched = match(method, target);
  return matched ? 200 : matched.error().status;
}

}  // namespace

TEST_CASE("a path finds its row and its parameters") {
  const auto approve = match("POST", "/v1/cases/C1/orders/O.2:approve");
  REQUIRE(approve);
  CHECK(approve->route->name == "approve");
  CHECK(approve->path.at("case") == "C1");
  CHECK(approve->path.at("order") == "O.2");
  CHECK(match("GET", "/v1/cases")->route->name == "list");
  CHECK(match("HEAD", "/v1/cases")->route->name == "list");
  CHECK(match("GET", "/v1/cases/%43%31")->path.at("case") == "C1");
}

TEST_CASE("a parameter at the end may take the rest of the path, and nothing that is no name") {
  CHECK(match("GET", "/v1/files/a")->path.at("file") == "a");
  CHECK(match("GET", "/v1/files/0/x001/067.p/8")->path.at("file") == "0/x001/067.p/8");
  for (const char* target : {"/v1/files", "/v1/files/", "/v1/files/a/", "/v1/files//a", "/v1/files/a:b"})
    CHECK(refusal("GET", target) == 404);
  for (const char* target : {"/v1/files/a%2Fb", "/v1/files/a/%2e%2e%2f", "/v1/files/a b"})
    CHECK(refusal("GET", target) == 400);
}

TEST_CASE("what is not exactly a path of the table is not found") {
  for (const char* target :
       {"", "/", "*", "v1/cases", "/v1/cases/", "//v1/cases", "/v1//cases", "/v1/Cases", "/v2/cases",
        "/v1/cases/C1/orders/O1", "/v1/cases/C1/orders/O1:reject", "/v1/cases/C1:approve",
        "/v1/cases/C1/orders/:approve", "/v1/./cases", "/v1/x/../cases", "/%76%31/cases", "http://x/v1/cases",
        "/v1/cases/C1/orders/O1%3Aapprove", "/v1/cases#x"}) {
    INFO(target);
    CHECK(refusal("GET", target) == 404);
  }
  CHECK(refusal("GET", "/v1/cases/" + std::string(3000, 'a')) == 404);
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "/a";
  CHECK(refusal("GET", deep) == 404);
}

TEST_CASE("another method is 405 and says which ones there are") {
  const auto refused = match("DELETE", "/v1/cases");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().status == 405);
  CHECK(*wire::find_header(refused.error().headers, "Allow") == "GET, POST");
  CHECK(refusal("GET", "/v1/cases/C1/orders/O1:approve") == 405);
}

TEST_CASE("ids in the path are ids, whatever they are encoded as") {
  for (const char* id : {"..", "%2e%2e", "a%2Fb", "a%00b", "a%", "a%4", "a%zz", "%0d%0aX", "a b", "-a",
                         "\xc3\xa4", "a%25", "%C3%A4", "a%7f"}) {
    INFO(id);
    CHECK(refusal("GET", std::string("/v1/cases/") + id) == 400);
  }
  CHECK(refusal("GET", "/v1/cases/" + std::string(64, 'a')) == 200);
  CHECK(refusal("GET", "/v1/cases/" + std::string(65, 'a')) == 400);
}

TEST_CASE("query parameters are those of the row, each once") {
  const auto may = match("GET", "/v1/may?verb=destroy&case=C%2D1");
  REQUIRE(may);
  CHECK(may->query.at("verb") == "destroy");
  CHECK(may->query.at("case") == "C-1");
  CHECK(match("GET", "/v1/may?verb=a+b")->query.at("verb") == "a+b");
  for (const char* query : {"?", "?verb=a&verb=b", "?other=1", "?verb=%", "?verb=%0a", "?verb=a&", "?&"}) {
    INFO(query);
    CHECK(refusal("GET", std::string("/v1/may") + query) == 400);
  }
  CHECK(refusal("GET", "/v1/cases?verb=a") == 400);
}
