// Bytes of a row, written and read strictly: big-endian numbers, lengths before what they measure, no
// surplus.
#pragma once

#include <algorithm>
#include <concepts>
#include <string>
#include <string_view>

#include "quietus/bytes.hpp"
#include "quietus/clock.hpp"
#include "quietus/hsm.hpp"

namespace quietus::keyrings {

class Packer {
 public:
  template <std::unsigned_integral T>
  Packer& number(T value) {
    for (std::size_t shift = 8 * sizeof(T); shift > 0; shift -= 8)
      out_.push_back(static_cast<std::uint8_t>(value >> (shift - 8)));
    return *this;
  }
  Packer& time(UnixMs at) { return number(static_cast<std::uint64_t>(at.value)); }
  Packer& bytes(BytesView view) {
    out_.insert(out_.end(), view.begin(), view.end());
    return *this;
  }
  /// At most 255 bytes; the rest is cut off.
  Packer& text(std::string_view text) {
    text = text.substr(0, 255);
    number(static_cast<std::uint8_t>(text.size()));
    return bytes(as_bytes(text));
  }
  Packer& ref(const HsmKeyRef& key) { return bytes(key.cka_id); }
  [[nodiscard]] Bytes take() { return std::move(out_); }

 private:
  Bytes out_;
};

/// After the first failure every taker gives zeros, and finished() is false.
class Unpacker {
 public:
  explicit Unpacker(BytesView bytes) : rest_(bytes) {}

  template <std::unsigned_integral T>
  T number() {
    T value = 0;
    for (const std::uint8_t byte : bytes(sizeof(T))) value = static_cast<T>(value << 8 | byte);
    return value;
  }
  /// Times before 1970 are refused.
  UnixMs time() {
    const auto value = number<std::uint64_t>();
    require(value <= static_cast<std::uint64_t>(INT64_MAX));
    return failed_ ? UnixMs{} : UnixMs{static_cast<std::int64_t>(value)};
  }
  BytesView bytes(std::size_t size) {
    require(rest_.size() >= size);
    if (failed_) return {};
    const BytesView taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  std::string text() { return std::string(as_text(bytes(number<std::uint8_t>()))); }
  HsmKeyRef ref() {
    HsmKeyRef key;
    std::ranges::copy(bytes(key.cka_id.size()), key.cka_id.begin());
    return key;
  }
  void expect(std::string_view magic) { require(as_text(bytes(magic.size())) == magic); }
  void require(bool holds) { failed_ = failed_ || !holds; }
  [[nodiscard]] BytesView rest() const { return failed_ ? BytesView{} : rest_; }
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] bool finished() const { return !failed_ && rest_.empty(); }

 private:
  BytesView rest_;
  bool failed_ = false;
};

}  // namespace quietus::keyrings
