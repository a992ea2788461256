#include "proof/document_parts.hpp"

#include <charconv>

namespace quietus::proof {

std::string decimal(std::uint64_t value) { return std::to_string(value); }

std::uint64_t read_decimal(ObjectReader& reader, std::string_view key) {
  const std::string text = reader.text(key, 20);
  if (reader.failed()) return 0;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // The one spelling of a number: no sign, no leading zero, nothing behind it.
  if (error != std::errc{} || end != text.data() + text.size() || decimal(value) != text) {
    reader.reject(std::string(key) + " is not a decimal number of at most 64 bits");
    return 0;
  }
  return value;
}

std::uint64_t read_count(ObjectReader& reader, std::string_view key) {
  return static_cast<std::uint64_t>(reader.integer(key, 0, Json::kMaxInteger));
}

UnixMs read_time(ObjectReader& reader, std::string_view key) {
  return reader.parsed(reader.text(key, 24), &from_rfc3339);
}

void expect_type(ObjectReader& reader, std::string_view type) {
  if (reader.text("type", 64) != type && !reader.failed()) reader.reject("type is not " + std::string(type));
}

Json texts_json(const std::vector<std::string>& texts) {
  Json::Array array;
  for (const auto& text : texts) array.emplace_back(text);
  return array;
}

Json digests_json(const std::vector<Digest>& digests) {
  Json::Array array;
  for (const auto& digest : digests) array.emplace_back(hex(digest));
  return array;
}

std::vector<Digest> read_digests(ObjectReader& reader, std::string_view key) {
  std::vector<Digest> digests;
  for (const auto& text : reader.texts(key, kMaxListItems))
    digests.push_back(reader.parsed(text, &digest_from_hex));
  return digests;
}

}  // namespace quietus::proof
