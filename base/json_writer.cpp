// The one writer: RFC 8785 within our subset. A value that the reader would refuse is a defect of the program
// that built it, and ends the process: nothing half-canonical is ever signed or sent.
#include <cstdlib>
#include <iostream>

#include "base/json.hpp"
#include "base/utf8.hpp"

namespace quietus {
namespace {

[[noreturn]] void broken_invariant(const char* what) {
  std::cerr << "quietus: JSON writer: " << what << std::endl;
  std::abort();
}

class Writer {
 public:
  explicit Writer(bool pretty) : pretty_(pretty) {}

  void value(const Json& json, std::size_t depth) {
    if (json.is_null()) {
      out_ += "null";
    } else if (const bool* boolean = json.boolean()) {
      out_ += *boolean ? "true" : "false";
    } else if (const std::int64_t* integer = json.integer()) {
      if (*integer < -Json::kMaxInteger || *integer > Json::kMaxInteger)
        broken_invariant("integer beyond 2^53-1");
      out_ += std::to_string(*integer);
    } else if (const std::string* text = json.string()) {
      string(is_utf8(*text) ? *text : with_replacement_characters(*text));
    } else {
      container(json, depth + 1);
    }
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void container(const Json& json, std::size_t depth) {
    if (depth > Json::kMaxDepth) broken_invariant("deeper than 32 levels");
    bool first = true;
    if (const Json::Array* array = json.array()) {
      out_ += '[';
      for (const Json& item : *array) {
        separate(first, depth);
        value(item, depth);
      }
      end(']', array->empty(), depth);
      return;
    }
    out_ += '{';
    for (const auto& [name, member] : *json.object()) {
      separate(first, depth);
      key(name);
      value(member, depth);
    }
    end('}', json.object()->empty(), depth);
  }
  void separate(bool& first, std::size_t depth) {
    if (!first) out_ += ',';
    first = false;
    if (pretty_) (out_ += '\n').append(depth * 2, ' ');
  }
  void end(char bracket, bool empty, std::size_t depth) {
    if (pretty_ && !empty) (out_ += '\n').append((depth - 1) * 2, ' ');
    out_ += bracket;
  }
  void key(std::string_view name) {
    // The map's byte order is the UTF-16 order of RFC 8785 §3.2.3 only for ASCII.
    for (const char c : name) {
      if (static_cast<unsigned char>(c) >= 0x80) broken_invariant("member name that is not ASCII");
    }
    string(name);
    out_ += pretty_ ? ": " : ":";
  }
  void string(std::string_view text) {
    out_ += '"';
    for (const char c : text) character(c);
    out_ += '"';
  }
  /// RFC 8785 §3.2.2.2.
  void character(char c) {
    constexpr std::string_view short_escapes = "\b\t\n\f\r\"\\";
    constexpr std::string_view letters = "btnfr\"\\";
    if (const auto at = short_escapes.find(c); at != std::string_view::npos) {
      (out_ += '\\') += letters[at];
    } else if (static_cast<unsigned char>(c) < 0x20) {
      constexpr std::string_view digits = "0123456789abcdef";
      const auto code = static_cast<unsigned char>(c);
      ((out_ += "\\u00") += digits[code >> 4U]) += digits[code & 15U];
    } else {
      out_ += c;
    }
  }

  bool pretty_;
  std::string out_;
};

}  // namespace

std::string Json::write() const {
  Writer writer(false);
  writer.value(*this, 0);
  return writer.take();
}

std::string Json::write_pretty() const {
  Writer writer(true);
  writer.value(*this, 0);
  return writer.take();
}

Json& Json::operator[](std::string_view key) {
  if (is_null()) value_ = Object();
  Object* members = object();
  if (members == nullptr) broken_invariant("member of something that is not an object");
  const auto at = members->find(key);
  return at != members->end() ? at->second : (*members)[std::string(key)];
}

}  // namespace quietus
