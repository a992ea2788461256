#include "base/log.hpp"

#include <catch2/catch.hpp>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "quietus/secret_bytes.hpp"
#include "tests/unit/base/child_process.hpp"
#include "tests/unit/base/temporary_folder.hpp"

using namespace quietus;

namespace {

/// What `act` writes to standard error, in a process of its own.
std::string logged(const std::function<void()>& act) {
  const TemporaryFolder folder;
  const Ending ending = in_child([&] { return act(), 0; }, folder.file("err").c_str());
  REQUIRE(ending.code == 0);
  return read_text(folder.file("err")).value();
}

}  // namespace

TEST_CASE("an event is one line of JSON with time, level, program and fields") {
  const std::string line = logged([] {
    set_log_name("quietus-test");
    log(LogLevel::warning, "order\napproved", {{"order", "order-1"}, {"count", 2}});
  });
  REQUIRE(line.find('\n') == line.size() - 1);
  const Json json = Json::parse_canonical(line.substr(0, line.size() - 1)).value();
  CHECK(json.object()->size() == 6);
  CHECK(from_rfc3339(*json.find("at")->string()).has_value());
  CHECK(*json.find("level")->string() == "warning");
  CHECK(*json.find("program")->string() == "quietus-test");
  CHECK(*json.find("event")->string() == "order\napproved");
  CHECK(*json.find("order")->string() == "order-1");
  CHECK(*json.find("count")->integer() == 2);
}

TEST_CASE("a field cannot pose as the level or the program") {
  const Json json = Json::parse(logged([] {
                      set_log_name("real");
                      log(LogLevel::error, "e", {{"level", "info"}, {"program", "forged"}});
                    })).value();
  CHECK(*json.find("level")->string() == "error");
  CHECK(*json.find("program")->string() == "real");
}

TEST_CASE("events below the level are not written") {
  CHECK(logged([] { log(LogLevel::debug, "e"); }).empty());
  CHECK_FALSE(logged([] {
                set_log_level(LogLevel::debug);
                log(LogLevel::debug, "e");
              }).empty());
  CHECK(logged([] {
          set_log_level(LogLevel::error);
          log(LogLevel::warning, "e");
        }).empty());
}

TEST_CASE("a line is bounded and text from outside cannot break it") {
  const std::string long_line = logged([] { log(LogLevel::info, "e", {{"x", std::string(1 << 20, 'x')}}); });
  CHECK(long_line.size() < 1000);
  CHECK(*Json::parse(long_line).value().find("truncated")->boolean());
  const std::string broken = logged([] { log(LogLevel::info, "e\xff", {{"model", "\xff\n{"}}); });
  CHECK(Json::parse(broken).has_value());
}

TEST_CASE("a secret has no way into a log") {
  STATIC_REQUIRE_FALSE(std::is_constructible_v<Json, const SecretBytes&>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<Json, SecretBytes>);
}
