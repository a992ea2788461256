#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "quietus/ids.hpp"

using namespace quietus;

namespace {

Json parsed(std::string_view text) { return Json::parse(text).value(); }

template <class Take>
std::string message_of(std::string_view text, Take take) {
  const Json json = parsed(text);
  ObjectReader reader(json, "thing");
  take(reader);
  const Status status = reader.finish();
  if (status) return "";
  CHECK(status.error().kind == ErrorKind::invalid_input);
  return status.error().message;
}

}  // namespace

TEST_CASE("members are taken by type") {
  const Json json = parsed(R"({"t":"x","i":5,"b":true,"d":")" + std::string(64, 'a') +
                           R"(","y":"Zm8=","m":{"k":1},"a":[1],"s":["p","q"],"id":"case-1"})");
  ObjectReader reader(json, "thing");
  CHECK(reader.text("t") == "x");
  CHECK(reader.integer("i", 0, 5) == 5);
  CHECK(reader.boolean("b"));
  CHECK(reader.digest("d").value[31] == 0xaa);
  CHECK(reader.base64("y") == to_bytes("fo"));
  CHECK(*reader.member("m").find("k")->integer() == 1);
  CHECK(reader.array("a").size() == 1);
  CHECK(reader.texts("s") == std::vector<std::string>{"p", "q"});
  CHECK(reader.parsed(reader.text("id"), &CaseId::parse).text() == "case-1");
  CHECK(reader.optional_text("none").empty());
  CHECK(reader.optional_integer("none", 9, 0, 10) == 9);
  CHECK(reader.optional_boolean("none", true));
  CHECK(reader.optional_member("none") == nullptr);
  CHECK(reader.finish().has_value());
}

TEST_CASE("a member that nobody asked for is refused") {
  CHECK(message_of(R"({"a":"x","b":1})", [](ObjectReader& r) { r.text("a"); }) ==
        "thing: unknown member 'b'");
  CHECK(message_of("{}", [](ObjectReader&) {}).empty());
}

TEST_CASE("a missing member, a wrong type and a broken bound are refused by name") {
  CHECK(message_of("{}", [](ObjectReader& r) { r.text("a"); }) == "thing: member 'a' is missing");
  CHECK(message_of("{}", [](ObjectReader& r) { r.member("a"); }) == "thing: member 'a' is missing");
  const auto text = [](ObjectReader& r) { r.text("a", 2); };
  CHECK(message_of(R"({"a":"xyz"})", text) == "thing: member 'a' is not a string of at most 2 bytes");
  CHECK(message_of(R"({"a":null})", text) == "thing: member 'a' is not a string of at most 2 bytes");
  const auto optional_text = [](ObjectReader& r) { r.optional_text("a"); };
  CHECK_FALSE(message_of(R"({"a":null})", optional_text).empty());
  const auto integer = [](ObjectReader& r) { r.integer("a", 1, 3); };
  for (const char* bad : {R"({"a":0})", R"({"a":4})", R"({"a":"1"})", R"({"a":true})"}) {
    CHECK(message_of(bad, integer) == "thing: member 'a' is not an integer from 1 to 3");
  }
  CHECK_FALSE(message_of(R"({"a":9})", [](ObjectReader& r) { r.optional_integer("a", 1, 0, 3); }).empty());
  CHECK_FALSE(message_of(R"({"a":1})", [](ObjectReader& r) { r.boolean("a"); }).empty());
  CHECK_FALSE(message_of(R"({"a":"true"})", [](ObjectReader& r) { r.optional_boolean("a", true); }).empty());
  CHECK_FALSE(message_of(R"({"a":"00"})", [](ObjectReader& r) { r.digest("a"); }).empty());
  CHECK_FALSE(message_of(R"({"a":"Zm8"})", [](ObjectReader& r) { r.base64("a"); }).empty());
  CHECK_FALSE(message_of(R"({"a":[1,2]})", [](ObjectReader& r) { r.array("a", 1); }).empty());
  CHECK_FALSE(message_of(R"({"a":{}})", [](ObjectReader& r) { r.array("a"); }).empty());
  CHECK_FALSE(message_of(R"({"a":["x",1]})", [](ObjectReader& r) { r.texts("a"); }).empty());
  CHECK(message_of("[]", [](ObjectReader& r) { r.text("a"); }) == "thing: is not an object");
  CHECK(message_of("null", [](ObjectReader& r) { r.optional_text("a"); }) == "thing: is not an object");
}

TEST_CASE("the first failure is the one that is told, and takers give defaults after it") {
  const Json json = parsed(R"({"a":1,"b":"x","c":7,"d":["y"]})");
  ObjectReader reader(json, "thing");
  CHECK(reader.text("a").empty());
  CHECK(reader.failed());
  CHECK(reader.text("b").empty());
  CHECK(reader.integer("c", 2, 9) == 2);
  CHECK(reader.texts("d").empty());
  CHECK(reader.optional_member("b") == nullptr);
  CHECK(reader.optional_text("b").empty());
  reader.reject("later");
  CHECK(reader.finish().error().message == "thing: member 'a' is not a string of at most 4096 bytes");
}

TEST_CASE("a parser's refusal becomes the reader's") {
  const auto take = [](ObjectReader& r) { CHECK(r.parsed(r.text("id"), &CaseId::parse).empty()); };
  CHECK_THAT(message_of(R"({"id":"a b"})", take), Catch::StartsWith("thing: case id"));
}

TEST_CASE("a long unknown name is shown cut") {
  CHECK(message_of("{\"" + std::string(5000, 'n') + "\":1}", [](ObjectReader&) {}).size() < 100);
}
