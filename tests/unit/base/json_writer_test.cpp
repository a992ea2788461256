#include <catch2/catch.hpp>
#include <limits>

#include "base/json.hpp"
#include "base/utf8.hpp"
#include "tests/unit/base/child_process.hpp"

using namespace quietus;

namespace {

bool writing_ends_the_process(const Json& json) {
  return in_child([&] { return static_cast<int>(json.write().size()); }).signal == SIGABRT;
}

}  // namespace

TEST_CASE("members are sorted and nothing is spaced") {
  Json json;
  json["b"] = Json::Array{1, -5, true, Json(), "x"};
  json["a"] = Json::Object{};
  json["B"] = Json::Array{};
  json[""] = 0;
  CHECK(json.write() == R"({"":0,"B":[],"a":{},"b":[1,-5,true,null,"x"]})");
  json["a"] = std::int64_t{7};
  CHECK(*json.find("a")->integer() == 7);
}

TEST_CASE("strings take the shortest escapes of RFC 8785 section 3.2.2.2") {
  std::string controls;
  for (char c = 0; c < 0x20; ++c) controls += c;
  CHECK(
      Json(controls).write() ==
      R"("\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f)"
      R"(\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f")");
  CHECK(Json("\"\\/\x7f").write() == "\"\\\"\\\\/\x7f\"");
  CHECK(Json("\u20ac\U0001F600").write() == "\"\u20ac\U0001F600\"");
}

TEST_CASE("the example string of RFC 8785 comes out as there") {
  const Json json = Json::parse(R"("\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/")").value();
  CHECK(json.write() == "\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"");
}

TEST_CASE("what is written is read back the same") {
  for (const char* text : {R"({"a":[1,2,{"b":"\u0000\n\"\\\/"}],"c":null,"d":true})", "[]", "{}",
                           "-9007199254740991", R"("\ud83d\ude00")", R"([[[["deep"]]]])"}) {
    CAPTURE(text);
    const Json json = Json::parse(text).value();
    CHECK(Json::parse_canonical(json.write()).value() == json);
    CHECK(Json::parse(json.write_pretty()).value() == json);
  }
}

TEST_CASE("canonical text is read and every other spelling of it refused") {
  CHECK(Json::parse_canonical(R"({"a":[1,"\n"],"b":-1})").has_value());
  for (const char* bad : {R"({"b":1,"a":1})", R"({"a": 1})", "[1] ", " [1]", "-0", R"("\u000a")", R"("\/")",
                          R"("\u0041")", R"("\u001F")",
                          R"({"a":1})"
                          "\n",
                          R"("\ud83d\ude00")"}) {
    CAPTURE(bad);
    REQUIRE(Json::parse(bad).has_value());
    const auto refused = Json::parse_canonical(bad);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message.find("not in canonical form") != std::string::npos);
  }
}

TEST_CASE("people get two spaces a level") {
  Json json;
  json["a"] = Json::Array{1, Json::Object{{"b", true}}};
  json["c"] = Json::Array{};
  CHECK(json.write_pretty() ==
        "{\n  \"a\": [\n    1,\n    {\n      \"b\": true\n    }\n  ],\n  \"c\": []\n}");
}

TEST_CASE("bytes that are not UTF-8 are replaced, so that every text we write can be read") {
  const std::string from_outside = "disk\xff\xC0\xAF\xED\xA0\x80 \u00e4\xE4";
  CHECK_FALSE(is_utf8(from_outside));
  const std::string written = Json(from_outside).write();
  CHECK(written == "\"disk\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD \u00e4\uFFFD\"");
  CHECK(Json::parse_canonical(written).has_value());
}

TEST_CASE("a value that no reader would take is never written") {
  CHECK(writing_ends_the_process(Json(Json::kMaxInteger + 1)));
  CHECK(writing_ends_the_process(Json(-Json::kMaxInteger - 1)));
  CHECK(writing_ends_the_process(Json(std::numeric_limits<std::uint64_t>::max())));
  CHECK(writing_ends_the_process(Json(Json::Object{{"\u00e4", 1}})));
  Json deep = Json::Array{};
  for (std::size_t i = 1; i < Json::kMaxDepth; ++i) deep = Json(Json::Array{deep});
  CHECK_FALSE(writing_ends_the_process(deep));
  CHECK(writing_ends_the_process(Json(Json::Array{deep})));
}

TEST_CASE("integers up to the bound are written as they are") {
  CHECK(Json(Json::kMaxInteger).write() == "9007199254740991");
  CHECK(Json(std::uint64_t{9007199254740991U}).write() == "9007199254740991");
  CHECK(Json(std::uint32_t{4294967295U}).write() == "4294967295");
}
