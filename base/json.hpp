// The one JSON of the house: objects, arrays, strings, booleans, null and integers up to 2^53-1, ASCII keys,
// depth <= 32, no duplicates, no floats. What this reader refuses is refused everywhere: signed documents,
// wire, configuration.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "quietus/bytes.hpp"
#include "quietus/result.hpp"

namespace quietus {

class Json {
 public:
  using Array = std::vector<Json>;
  using Object =
      std::map<std::string, Json, std::less<>>;  // sorted: canonical order for ASCII keys (RFC 8785 §3.2.3)

  static constexpr std::size_t kMaxDepth = 32;
  static constexpr std::int64_t kMaxInteger = 9007199254740991;  // 2^53-1

  Json() = default;  // null
  Json(std::nullptr_t) {}
  Json(bool value) : value_(value) {}
  Json(std::int64_t value) : value_(value) {}
  Json(int value) : value_(std::int64_t{value}) {}
  Json(std::uint32_t value) : value_(std::int64_t{value}) {}
  /// More than kMaxInteger stays more than kMaxInteger: the writer ends the process on it, never wraps it.
  Json(std::uint64_t value)
      : value_(value > std::uint64_t{kMaxInteger} ? kMaxInteger + 1 : static_cast<std::int64_t>(value)) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}

  /// Accepts white space. `max_bytes` bounds the input before it is looked at. Errors: invalid_input with the
  /// offset.
  static Result<Json> parse(std::string_view text, std::size_t max_bytes = 1 << 20);
  /// As parse, and the text must be byte for byte what write() gives.
  static Result<Json> parse_canonical(std::string_view text, std::size_t max_bytes = 1 << 24);
  /// Canonical form: sorted keys, no white space, shortest escapes (RFC 8785 within our subset). Bytes of a
  /// string that are not UTF-8 come out as U+FFFD. Ends the process on what is a defect of the caller: an
  /// integer beyond kMaxInteger, a key that is not ASCII, more than kMaxDepth levels.
  [[nodiscard]] std::string write() const;
  /// Two-space indentation, for people only.
  [[nodiscard]] std::string write_pretty() const;

  [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  [[nodiscard]] const bool* boolean() const { return std::get_if<bool>(&value_); }
  [[nodiscard]] const std::int64_t* integer() const { return std::get_if<std::int64_t>(&value_); }
  [[nodiscard]] const std::string* string() const { return std::get_if<std::string>(&value_); }
  [[nodiscard]] const Array* array() const { return std::get_if<Array>(&value_); }
  [[nodiscard]] const Object* object() const { return std::get_if<Object>(&value_); }
  [[nodiscard]] Array* array() { return std::get_if<Array>(&value_); }
  [[nodiscard]] Object* object() { return std::get_if<Object>(&value_); }

  /// Member of an object, or nullptr.
  [[nodiscard]] const Json* find(std::string_view key) const;
  /// Turns a null into an object; asserts otherwise. `j["a"] = 1;`
  Json& operator[](std::string_view key);

  bool operator==(const Json&) const = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, std::string, Array, Object> value_;
};

/// Reads the members of one object and refuses what nobody asked for: construct, take each member, then
/// finish(). The first failure is remembered and returned by finish(); takers return a default after it.
class ObjectReader {
 public:
  ObjectReader(const Json& json, std::string_view what);
  std::string text(std::string_view key, std::size_t max_bytes = 4096);
  std::string optional_text(std::string_view key, std::size_t max_bytes = 4096);
  std::int64_t integer(std::string_view key, std::int64_t min, std::int64_t max);
  std::int64_t optional_integer(std::string_view key, std::int64_t fallback, std::int64_t min,
                                std::int64_t max);
  bool boolean(std::string_view key);
  bool optional_boolean(std::string_view key, bool fallback);
  Digest digest(std::string_view key);  ///< 64 lower-case hex digits
  Bytes base64(std::string_view key);
  const Json& member(std::string_view key);  ///< any type; null Json when absent (remembered as a failure)
  const Json* optional_member(std::string_view key);
  const Json::Array& array(std::string_view key, std::size_t max_items = 4096);
  std::vector<std::string> texts(std::string_view key, std::size_t max_items = 4096);
  /// For what the reader does not know itself: `reader.reject("window ends before it begins")`.
  void reject(std::string message);
  template <class T>  // Id::parse, verb_from …: `reader.parsed(reader.text("id"), &CaseId::parse)`
  T parsed(const std::string& text, Result<T> (*parse)(std::string_view)) {
    if (failed()) return T{};
    auto value = parse(text);
    if (value) return *value;
    reject(value.error().message);
    return T{};
  }
  [[nodiscard]] bool failed() const { return error_.has_value(); }
  /// The first failure, or an `invalid_input` naming the first member that nobody took.
  [[nodiscard]] Status finish();

 private:
  const Json* take(std::string_view key);
  const Json* object_;
  std::string what_;
  std::vector<std::string> taken_;
  std::optional<Error> error_;
};

}  // namespace quietus
