#include "kms/service/items.hpp"

#include <catch2/catch.hpp>

#include "base/encoding.hpp"

namespace quietus::service {

namespace {

void number(Bytes& out, std::size_t value, int size_bytes) {
  for (int i = size_bytes - 1; i >= 0; --i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void put(Bytes& out, std::string_view text, int length_bytes) {
  number(out, text.size(), length_bytes);
  out.insert(out.end(), text.begin(), text.end());
}

Bytes frame(std::string_view key, std::string_view aad, std::string_view data) {
  Bytes out;
  put(out, key, 2);
  put(out, aad, 2);
  put(out, data, 4);
  return out;
}

ErrorKind kind(const Bytes& frames) {
  const auto items = read_items(frames);
  return items ? ErrorKind::internal : items.error().kind;
}

}  // namespace

TEST_CASE("a batch of octets gives its items back in their order") {
  Bytes frames = frame("kr-1.7", "context", "plaintext");
  const Bytes second = frame("", "", std::string(kMaxItemBytes, 'x'));
  frames.insert(frames.end(), second.begin(), second.end());
  const auto items = read_items(frames);
  REQUIRE(items);
  REQUIRE(items->size() == 2);
  CHECK((*items)[0].key == "kr-1.7");
  CHECK(as_text((*items)[0].associated_data) == "context");
  CHECK(as_text((*items)[0].data) == "plaintext");
  CHECK((*items)[1].key.empty());
  CHECK((*items)[1].data.size() == kMaxItemBytes);
}

TEST_CASE("a batch that is cut anywhere is refused as a whole") {
  const Bytes frames = frame("kr-1.7", "context", "plaintext");
  for (std::size_t size = 0; size < frames.size(); ++size) {
    INFO(size);
    CHECK(kind({frames.begin(), frames.begin() + static_cast<std::ptrdiff_t>(size)}) ==
          ErrorKind::invalid_input);
  }
}

TEST_CASE("items are bounded in number and size") {
  CHECK(kind(frame(std::string(65, 'k'), "", "x")) == ErrorKind::invalid_input);
  CHECK(kind(frame("k", std::string(4097, 'a'), "x")) == ErrorKind::invalid_input);
  CHECK(kind(frame("k", "", std::string(kMaxItemBytes + 1025, 'd'))) == ErrorKind::invalid_input);
  Bytes many;
  const Bytes one = frame("k", "", "x");
  for (std::size_t i = 0; i < kMaxItems; ++i) many.insert(many.end(), one.begin(), one.end());
  CHECK(read_items(many));
  many.insert(many.end(), one.begin(), one.end());
  CHECK(kind(many) == ErrorKind::invalid_input);
}

TEST_CASE("an item that fails says why and leaves the others alone") {
  ItemAnswers answers(64);
  answers.add(Result<Bytes>(to_bytes("ciphertext")));
  answers.add(Result<Bytes>(fail(ErrorKind::conflict, "destroyed")));
  CHECK(hex(answers.take()) ==
        "000000000a" + hex(as_bytes("ciphertext")) + "05" + "00000009" + hex(as_bytes("destroyed")));
}

TEST_CASE("a batch of verifications in JSON names what is claimed, for each item") {
  const auto read = [](std::string_view text, std::string_view claim) {
    return JsonItems::read(Json::parse(text).value(), claim);
  };
  const auto good = read(R"({"items":[{"key":"k","data":"eA==","signature":"eQ=="}]})", "signature");
  REQUIRE(good);
  CHECK(as_text(good->items()[0].associated_data) == "y");
  CHECK(as_text(good->items()[0].data) == "x");
  CHECK_FALSE(read(R"({"items":[{"key":"k","data":"eA=="}]})", "signature"));
  CHECK_FALSE(read(R"({"items":[{"key":"k","data":"eA==","mac":"eQ=="}]})", "signature"));
  CHECK_FALSE(read(R"({"items":[{"key":"k","data":"eA==","associated_data":"eQ=="}]})", "mac"));
}

TEST_CASE("a batch in JSON is read strictly") {
  const auto read = [](std::string_view text) { return JsonItems::read(Json::parse(text).value()); };
  const auto good =
      read(R"({"items":[{"key":"kr-1.7","data":"eA==","associated_data":"eQ=="},{"data":""}]})");
  REQUIRE(good);
  CHECK(good->items()[0].key == "kr-1.7");
  CHECK(as_text(good->items()[0].associated_data) == "y");
  CHECK(good->items()[1].data.empty());
  CHECK_FALSE(read(R"({"items":[]})"));
  CHECK_FALSE(read(R"({"items":[{"key":"k"}]})"));
  CHECK_FALSE(read(R"({"items":[{"data":"eA=","key":"k"}]})"));
  CHECK_FALSE(read(R"({"items":[{"data":"eA==","more":1}]})"));
  CHECK(json_result(Result<Bytes>(to_bytes("x"))).write() == R"({"result":"eA=="})");
}

}  // namespace quietus::service
