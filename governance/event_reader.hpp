// The members that events share, read one by one. Private to event_read*.cpp.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "base/encoding.hpp"
#include "governance/event.hpp"

namespace quietus::governance {

/// Everything is taken exactly once; finish() is the caller's.
/// A member that is one of a short closed list.
template <class T, std::size_t N>
T one_of(ObjectReader& reader, std::string_view key, const std::array<T, N>& values) {
  const std::string text = reader.text(key, 64);
  for (const T value : values) {
    if (text == to_string(value)) return value;
  }
  reader.reject(std::string(key) + " is none that is known");
  return values.front();
}

class MemberReader {
 public:
  explicit MemberReader(ObjectReader& reader) : reader_(reader) {}

  template <class IdType>
  IdType id(std::string_view key) {
    return reader_.parsed(reader_.text(key, 64), &IdType::parse);
  }
  UnixMs time(std::string_view key) { return reader_.parsed(reader_.text(key, 32), &from_rfc3339); }
  std::uint64_t count(std::string_view key) {
    return static_cast<std::uint64_t>(reader_.integer(key, 0, Json::kMaxInteger));
  }
  std::uint32_t count32(std::string_view key) {
    return static_cast<std::uint32_t>(reader_.integer(key, 0, INT32_MAX));
  }
  template <class T>
  T nested(std::string_view key, Result<T> (*read)(const Json&)) {
    const Json& json = reader_.member(key);
    if (reader_.failed()) return T{};
    auto value = read(json);
    if (value) return std::move(*value);
    reader_.reject(std::string(key) + ": " + value.error().message);
    return T{};
  }
  Json object(std::string_view key) {
    const Json& json = reader_.member(key);
    if (!reader_.failed() && json.object() == nullptr) reader_.reject(std::string(key) + " is not an object");
    return json;
  }
  KeyRanges keys(std::string_view key) {
    return reader_.parsed(reader_.text(key, KeyRanges::kMaxTextBytes), &KeyRanges::parse);
  }
  std::string reason() { return reader_.text("reason", 4096); }

 protected:
  ObjectReader& reader_;
};

/// How one type of event is read by the reader of its family.
template <class Body>
struct Reading {
  std::string_view type;
  EventBody (*read)(Body&);
};

template <auto Member, class Body>
EventBody read_as(Body& reader) {
  return (reader.*Member)();
}

/// Nothing when `type` is not in the table.
template <class Body, std::size_t N>
std::optional<EventBody> read_one_of(const std::array<Reading<Body>, N>& readings, std::string_view type,
                                     ObjectReader& reader) {
  for (const auto& reading : readings) {
    if (type != reading.type) continue;
    Body body(reader);
    return reading.read(body);
  }
  return std::nullopt;
}

inline constexpr std::size_t kKeyringEvents = 13;
/// Nothing when `type` is not one of keyring_event.hpp.
std::optional<EventBody> read_keyring_event(std::string_view type, ObjectReader& reader);

inline constexpr std::size_t kTransferEvents = 23;
/// Nothing when `type` is not one of transfer_event.hpp.
std::optional<EventBody> read_transfer_event(std::string_view type, ObjectReader& reader);

}  // namespace quietus::governance
