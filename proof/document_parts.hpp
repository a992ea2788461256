// Pieces shared by the codecs of documents*.cpp; not for other rooms.
#pragma once

#include "base/encoding.hpp"
#include "base/json.hpp"

namespace quietus::proof {

inline constexpr std::size_t kMaxListItems = 4096;

/// Numbers of the kernel use all 64 bits; JSON integers here stop at 2^53-1.
std::string decimal(std::uint64_t value);
std::uint64_t read_decimal(ObjectReader& reader, std::string_view key);

std::uint64_t read_count(ObjectReader& reader, std::string_view key);
UnixMs read_time(ObjectReader& reader, std::string_view key);
void expect_type(ObjectReader& reader, std::string_view type);

Json texts_json(const std::vector<std::string>& texts);
Json digests_json(const std::vector<Digest>& digests);
std::vector<Digest> read_digests(ObjectReader& reader, std::string_view key);

/// Reads a nested object with its own codec; the first failure is the reader's.
template <class T>
T read_nested(ObjectReader& reader, std::string_view key, Result<T> (*read)(const Json&)) {
  const Json& json = reader.member(key);
  if (reader.failed()) return T{};
  auto value = read(json);
  if (value) return std::move(*value);
  reader.reject(std::string(key) + ": " + value.error().message);
  return T{};
}

/// finish() first: nothing half read ever leaves a codec.
template <class T>
Result<T> finished(ObjectReader& reader, T&& value) {
  QUIETUS_CHECK(reader.finish());
  return std::forward<T>(value);
}

}  // namespace quietus::proof
