#include "base/encoding.hpp"

#include <catch2/catch.hpp>

using namespace quietus;

TEST_CASE("hex writes lower case and reads nothing else") {
  CHECK(hex(Bytes{0x00, 0x0f, 0xa5, 0xff}) == "000fa5ff");
  CHECK(hex(Bytes{}).empty());
  CHECK(from_hex("000fa5ff").value() == Bytes{0x00, 0x0f, 0xa5, 0xff});
  CHECK(from_hex("").value().empty());
  for (const char* bad : {"0", "0A", "0g", " 00", "0x", "00 "}) {
    CAPTURE(bad);
    CHECK(from_hex(bad).error().kind == ErrorKind::invalid_input);
  }
}

TEST_CASE("a digest is exactly 64 hex digits") {
  const std::string digits = std::string(62, '0') + "ab";
  REQUIRE(digest_from_hex(digits).has_value());
  CHECK(digest_from_hex(digits)->value[31] == 0xab);
  CHECK(hex(digest_from_hex(digits).value()) == digits);
  CHECK_FALSE(digest_from_hex(digits.substr(2)).has_value());
  CHECK_FALSE(digest_from_hex(digits + "00").has_value());
  CHECK_FALSE(digest_from_hex(std::string(64, 'A')).has_value());
}

TEST_CASE("base64 agrees with the vectors of RFC 4648 section 10") {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, text] : vectors) {
    CAPTURE(plain);
    CHECK(base64(as_bytes(plain)) == text);
    CHECK(from_base64(text).value() == to_bytes(plain));
  }
  Bytes all;
  for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<std::uint8_t>(byte));
  CHECK(from_base64(base64(all)).value() == all);
  CHECK(base64(Bytes{0xfb, 0xff}) == "+/8=");
}

TEST_CASE("base64 has one spelling for each sequence of bytes") {
  // Missing and surplus padding, spare bits that are not zero, the URL alphabet, white space.
  for (const char* bad : {"Zg", "Zg=", "Zg===", "Z===", "====", "=", "Zh==", "Zm9=", "Zm8",
                          "Zm9vY===", "Zg==Zg==", "-_8=", "Zm9v\n", "Zm 9v", "Z=g=", "Zm9vA==="}) {
    CAPTURE(bad);
    CHECK_FALSE(from_base64(bad).has_value());
  }
}

TEST_CASE("times are written in UTC with milliseconds") {
  CHECK(rfc3339({0}) == "1970-01-01T00:00:00.000Z");
  CHECK(rfc3339({1769903999123}) == "2026-01-31T23:59:59.123Z");
  CHECK(rfc3339({-1}) == "1969-12-31T23:59:59.999Z");
  CHECK(rfc3339({951782400000}) == "2000-02-29T00:00:00.000Z");
  CHECK(rfc3339({253402300799999}) == "9999-12-31T23:59:59.999Z");
}

TEST_CASE("a time that cannot be written gives the nearest one that can") {
  CHECK(rfc3339({INT64_MAX}) == "9999-12-31T23:59:59.999Z");
  CHECK(rfc3339({INT64_MIN}) == "0000-01-01T00:00:00.000Z");
}

TEST_CASE("times round trip, across leap days and the ends of the range") {
  for (const char* text :
       {"1970-01-01T00:00:00.000Z", "2024-02-29T12:34:56.789Z", "2000-02-29T23:59:59.999Z",
        "0000-02-29T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"}) {
    CAPTURE(text);
    REQUIRE(from_rfc3339(text).has_value());
    CHECK(rfc3339(from_rfc3339(text).value()) == text);
  }
}

TEST_CASE("a time that does not exist or is written otherwise is refused") {
  for (const char* bad : {"2026-02-29T00:00:00.000Z",
                          "2100-02-29T00:00:00.000Z",
                          "2026-13-01T00:00:00.000Z",
                          "2026-00-01T00:00:00.000Z",
                          "2026-01-00T00:00:00.000Z",
                          "2026-01-32T00:00:00.000Z",
                          "2026-04-31T00:00:00.000Z",
                          "2026-01-01T24:00:00.000Z",
                          "2026-01-01T00:60:00.000Z",
                          "2026-01-01T00:00:60.000Z",
                          "2026-01-01t00:00:00.000Z",
                          "2026-01-01T00:00:00.000z",
                          "2026-01-01 00:00:00.000Z",
                          "2026-01-01T00:00:00Z",
                          "2026-01-01T00:00:00.00Z",
                          "2026-01-01T00:00:00.0000Z",
                          "2026-01-01T00:00:00.000+00:00",
                          "2026-1-01T00:00:00.000Z",
                          "+026-01-01T00:00:00.000Z",
                          "",
                          "Z",
                          "-026-01-01T00:00:00.000Z",
                          "2026-01-01T00:00:00,000Z"}) {
    CAPTURE(bad);
    CHECK_FALSE(from_rfc3339(bad).has_value());
  }
}

TEST_CASE("the system clock is of this century") {
  CHECK(system_now() > from_rfc3339("2020-01-01T00:00:00.000Z").value());
  CHECK(system_now() < from_rfc3339("2100-01-01T00:00:00.000Z").value());
}
