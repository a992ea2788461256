#include "base/config.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/unit/base/temporary_folder.hpp"

using namespace quietus;

TEST_CASE("a configuration is one strict JSON object, and its errors name the file") {
  const TemporaryFolder folder;
  const std::string path = folder.file("kms.json");
  const auto load = [&](std::string_view text) {
    std::ofstream(path) << text;
    return load_config(path);
  };
  CHECK(*load("{\n  \"port\": 8443\n}\n").value().find("port")->integer() == 8443);
  for (const char* bad : {"", "[]", "1", "{\"a\":1,\"a\":2}", "{\"a\":1.5}", "{} x"}) {
    CAPTURE(bad);
    const auto refused = load(bad);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().kind == ErrorKind::invalid_input);
    CHECK(refused.error().message.find(path) == 0);
    CHECK_FALSE(refused.error().next_step.empty());
  }
  CHECK(load(std::string((1 << 20) + 1, ' ')).error().kind == ErrorKind::exhausted);
  CHECK(load_config(folder.file("absent.json")).error().kind == ErrorKind::not_found);
}

TEST_CASE("paths are relative to the configuration's folder") {
  CHECK(resolve_path("/etc/quietus/kms.json", "people.pem") == "/etc/quietus/people.pem");
  CHECK(resolve_path("/etc/quietus/kms.json", "../roots/people.pem") == "/etc/roots/people.pem");
  CHECK(resolve_path("/etc/quietus/kms.json", "/srv/x") == "/srv/x");
  CHECK(resolve_path("lab/kms.json", "x") == "lab/x");
  CHECK(resolve_path("kms.json", "x") == "x");
  CHECK(resolve_path("/etc/quietus/kms.json", "").empty());
}
