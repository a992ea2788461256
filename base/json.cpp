// nlohmann's SAX parser finds the tokens and checks UTF-8; what a document may hold is decided here (RFC
// 8259, RFC 8785).
#include "base/json.hpp"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

namespace quietus {
namespace {

/// Input iterator that tells how far the lexer has read, so that each refusal can name a place.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::size_t* consumed) : at_(at), consumed_(consumed) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    ++*consumed_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }

 private:
  const char* at_;
  std::size_t* consumed_;
};

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Builds a Json from parser events, and refuses what the subset does not have. Names and types are
/// nlohmann's.
class StrictBuilder {
 public:
  [[nodiscard]] Json take_root() { return std::move(root_); }
  [[nodiscard]] const std::string& refusal() const { return refusal_; }

  bool null() { return place(Json()); }
  bool boolean(bool value) { return place(Json(value)); }
  bool number_integer(std::int64_t value) {
    if (value < -Json::kMaxInteger || value > Json::kMaxInteger) return refuse("integer beyond 2^53-1");
    return place(Json(value));
  }
  bool number_unsigned(std::uint64_t value) {
    if (value > std::uint64_t{Json::kMaxInteger}) return refuse("integer beyond 2^53-1");
    return place(Json(static_cast<std::int64_t>(value)));
  }
  bool number_float(double, const std::string&) {
    return refuse("number that is not an integer up to 2^53-1");
  }
  bool string(std::string& value) { return place(Json(std::move(value))); }
  bool binary(nlohmann::json::binary_t&) { return refuse("binary value"); }
  bool start_object(std::size_t) { return open(Json(Json::Object())); }
  bool end_object() { return close(); }
  bool start_array(std::size_t) { return open(Json(Json::Array())); }
  bool end_array() { return close(); }
  bool key(std::string& name) {
    if (!is_ascii(name)) return refuse("member name that is not ASCII");
    if (open_.back()->object()->contains(name)) return refuse("member that appears twice");
    key_ = std::move(name);
    return true;
  }
  // nlohmann's own message quotes the input, which may hold secrets.
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) {
    return refuse("not JSON");
  }

 private:
  bool refuse(std::string reason) {
    refusal_ = std::move(reason);
    return false;
  }
  Json* insert(Json value) {
    if (open_.empty()) return &(root_ = std::move(value));
    // A pointer into a container stays good while the container is open: its siblings come only after it
    // closes.
    if (Json::Array* array = open_.back()->array()) return &array->emplace_back(std::move(value));
    return &open_.back()->object()->insert_or_assign(std::move(key_), std::move(value)).first->second;
  }
  bool place(Json value) {
    insert(std::move(value));
    return true;
  }
  bool open(Json container) {
    if (open_.size() == Json::kMaxDepth) return refuse("deeper than 32 levels");
    open_.push_back(insert(std::move(container)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  Json root_;
  std::vector<Json*> open_;
  std::string key_;
  std::string refusal_;
};

std::unexpected<Error> refused(const std::string& reason, std::size_t offset) {
  return fail(ErrorKind::invalid_input, "JSON refused near byte " + std::to_string(offset) + ": " + reason);
}

}  // namespace

Result<Json> Json::parse(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes) {
    return fail(ErrorKind::exhausted, "JSON text is longer than " + std::to_string(max_bytes) + " bytes");
  }
  // The lexer would take a zero byte for the end of its input and skip a byte order mark; RFC 8259 §2, §8.1
  // know neither.
  if (const auto zero = text.find('\0'); zero != std::string_view::npos) return refused("zero byte", zero);
  if (text.starts_with("\xEF\xBB\xBF")) return refused("byte order mark", 0);
  std::size_t consumed = 0;
  StrictBuilder builder;
  const CountingIterator first(text.data(), &consumed);
  const CountingIterator last(text.data() + text.size(), &consumed);
  if (!nlohmann::json::sax_parse(first, last, &builder)) return refused(builder.refusal(), consumed);
  return builder.take_root();
}

Result<Json> Json::parse_canonical(std::string_view text, std::size_t max_bytes) {
  QUIETUS_TRY(json, parse(text, max_bytes));
  const std::string written = json.write();
  if (written != text) {
    const auto differs = std::ranges::mismatch(written, text).in1 - written.begin();
    return refused("not in canonical form", static_cast<std::size_t>(differs));
  }
  return std::move(json);
}

const Json* Json::find(std::string_view key) const {
  const Object* members = object();
  if (members == nullptr) return nullptr;
  const auto at = members->find(key);
  return at == members->end() ? nullptr : &at->second;
}

}  // namespace quietus
