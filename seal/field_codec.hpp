// Big-endian fields in and out of bounded memory, for seal/format.cpp.
#pragma once

#include <cstdint>

#include "quietus/bytes.hpp"
#include "quietus/result.hpp"

namespace quietus::seal {

class FieldWriter {
 public:
  template <class Unsigned>
  FieldWriter& number(Unsigned value) {
    for (int shift = static_cast<int>(sizeof(Unsigned) * 8) - 8; shift >= 0; shift -= 8) {
      bytes_.push_back(static_cast<std::uint8_t>(value >> shift));
    }
    return *this;
  }
  FieldWriter& raw(BytesView bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  [[nodiscard]] Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

/// After the first field that does not fit every further one is zero or empty: check `failed()` once at the
/// end.
class FieldReader {
 public:
  explicit FieldReader(BytesView bytes) : rest_(bytes) {}

  template <class Unsigned>
  Unsigned number() {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : raw(sizeof(Unsigned))) value = value << 8 | byte;
    return static_cast<Unsigned>(value);
  }
  BytesView raw(std::size_t size_bytes) {
    if (size_bytes > rest_.size()) {
      failed_ = true;
      rest_ = {};
      return {};
    }
    const BytesView taken = rest_.first(size_bytes);
    rest_ = rest_.subspan(size_bytes);
    return taken;
  }
  [[nodiscard]] std::size_t left() const { return rest_.size(); }
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] bool complete() const { return !failed_ && rest_.empty(); }

 private:
  BytesView rest_;
  bool failed_ = false;
};

}  // namespace quietus::seal
