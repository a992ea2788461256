#include <catch2/catch.hpp>

#include "base/json.hpp"

using namespace quietus;

namespace {

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

std::string refusal(std::string_view text) {
  const auto json = Json::parse(text);
  if (json) return "accepted";
  if (json.error().kind != ErrorKind::invalid_input) return "wrong kind of error";
  return json.error().message.substr(json.error().message.find(": ") + 2);
}

}  // namespace

TEST_CASE("what JSON and the subset share is read") {
  CHECK(Json::parse("null").value().is_null());
  CHECK(*Json::parse(" \t\r\n true ").value().boolean());
  CHECK(*Json::parse("9007199254740991").value().integer() == Json::kMaxInteger);
  CHECK(*Json::parse("-9007199254740991").value().integer() == -Json::kMaxInteger);
  CHECK(*Json::parse("-0").value().integer() == 0);
  CHECK(*Json::parse(R"("a\u00e4\ud83d\ude00\/\n")").value().string() == "a\u00e4\U0001F600/\n");
  CHECK(Json::parse("[]").value().array()->empty());
  const Json json = Json::parse(R"({"b": [1, {"c": null}], "a": "x", "": false})").value();
  CHECK(*json.find("a")->string() == "x");
  CHECK(json.find("b")->array()->at(1).find("c")->is_null());
  CHECK_FALSE(*json.find("")->boolean());
  CHECK(json.find("d") == nullptr);
  CHECK(Json().find("d") == nullptr);
}

TEST_CASE("each thing outside the subset is refused for its own reason") {
  CHECK(refusal("1.0") == "number that is not an integer up to 2^53-1");
  CHECK(refusal("1e2") == "number that is not an integer up to 2^53-1");
  CHECK(refusal("100000000000000000000") == "number that is not an integer up to 2^53-1");
  CHECK(refusal("-100000000000000000000") == "number that is not an integer up to 2^53-1");
  CHECK(refusal("1e999") == "not JSON");
  CHECK(refusal("9007199254740992") == "integer beyond 2^53-1");
  CHECK(refusal("-9007199254740992") == "integer beyond 2^53-1");
  CHECK(refusal("18446744073709551615") == "integer beyond 2^53-1");
  CHECK(refusal(R"({"a":1,"a":1})") == "member that appears twice");
  CHECK(refusal(R"({"a":1,"\u0061":2})") == "member that appears twice");
  CHECK(refusal(R"([{"a":{"b":1,"b":1}}])") == "member that appears twice");
  CHECK(refusal("{\"\u00e4\":1}") == "member name that is not ASCII");
  CHECK(refusal(R"({"\u00e4":1})") == "member name that is not ASCII");
  CHECK(refusal(nested(33)) == "deeper than 32 levels");
  CHECK(refusal("\xEF\xBB\xBF{}") == "byte order mark");
}

TEST_CASE("the same name in different objects is no duplicate") {
  CHECK(refusal(R"({"a":{"a":1},"b":{"a":2}})") == "accepted");
  CHECK(refusal(R"([{"a":1},{"a":1}])") == "accepted");
}

TEST_CASE("thirty-two levels are read and thirty-three are not") {
  CHECK(Json::parse(nested(32)).has_value());
  CHECK_FALSE(Json::parse(nested(33)).has_value());
  std::string objects = "1";
  for (int i = 0; i < 32; ++i) objects = "{\"a\":" + objects + "}";
  CHECK(Json::parse(objects).has_value());
  CHECK_FALSE(Json::parse("{\"a\":" + objects + "}").has_value());
  CHECK_FALSE(Json::parse(std::string(500000, '[')).has_value());
  // Depth counts what is open, not what has been.
  CHECK(Json::parse("[" + nested(31) + "," + nested(31) + "]").has_value());
}

TEST_CASE("what is not JSON is refused") {
  for (const std::string& bad : {std::string(),
                                 std::string(" "),
                                 std::string("{"),
                                 std::string("]"),
                                 std::string("[1,]"),
                                 std::string("{\"a\":1,}"),
                                 std::string("{a:1}"),
                                 std::string("'a'"),
                                 std::string("01"),
                                 std::string("+1"),
                                 std::string("1."),
                                 std::string(".5"),
                                 std::string("NaN"),
                                 std::string("Infinity"),
                                 std::string("True"),
                                 std::string("nul"),
                                 std::string("\"\n\""),
                                 std::string("\"\x01\""),
                                 std::string("\"\\x41\""),
                                 std::string("\"\\u12\""),
                                 std::string("// c\n1"),
                                 std::string("/* c */ 1"),
                                 std::string("\"open"),
                                 std::string("[1 2]"),
                                 std::string("{\"a\" 1}"),
                                 std::string("-"),
                                 std::string("\xff\xfe{\0}\0", 6)}) {
    CAPTURE(bad);
    CHECK_FALSE(Json::parse(bad).has_value());
  }
}

TEST_CASE("nothing may follow the value") {
  CHECK(refusal("{} {}") == "not JSON");
  CHECK(refusal("1 2") == "not JSON");
  CHECK(refusal("[]]") == "not JSON");
  CHECK(refusal("{}x") == "not JSON");
  CHECK(refusal(std::string_view("{}\0x", 4)) == "zero byte");
  CHECK(refusal(std::string_view("{}\0", 3)) == "zero byte");
  CHECK(refusal(std::string_view("\"a\0b\"", 5)) == "zero byte");
}

TEST_CASE("strings are well-formed Unicode") {
  CHECK(refusal(R"("\ud800")") == "not JSON");
  CHECK(refusal(R"("\udc00")") == "not JSON");
  CHECK(refusal(R"("\ud800\ud800")") == "not JSON");
  CHECK(refusal(R"("\ud800a")") == "not JSON");
  CHECK(refusal("\"\x80\"") == "not JSON");
  CHECK(refusal("\"\xC0\xAF\"") == "not JSON");          // overlong
  CHECK(refusal("\"\xED\xA0\x80\"") == "not JSON");      // surrogate
  CHECK(refusal("\"\xF4\x90\x80\x80\"") == "not JSON");  // beyond U+10FFFF
  CHECK(refusal("\"\xE4\xB8\"") == "not JSON");          // cut short
  CHECK(refusal("\"\xF4\x8F\xBF\xBF\"") == "accepted");
  CHECK(refusal(R"("\u0000")") == "accepted");
}

TEST_CASE("the size is looked at before the text") {
  CHECK(Json::parse("[1,2]", 4).error().kind == ErrorKind::exhausted);
  CHECK(Json::parse("[1,2]", 5).has_value());
  CHECK(Json::parse_canonical("[1,2]", 4).error().kind == ErrorKind::exhausted);
}

TEST_CASE("a refusal names the place and quotes nothing") {
  const auto error = Json::parse(R"({"pin":"12345","pin":1})").error();
  CHECK(error.message == "JSON refused near byte 20: member that appears twice");
  CHECK(Json::parse(R"(["secret)").error().message.find("secret") == std::string::npos);
}
