// 32 keys and two bitmaps in clear, on the secure heap. A page is a sheet of record keys; a segment of the
// top is a sheet of page keys. Private to kms/records.
#pragma once

#include "kms/records/blobs.hpp"
#include "kms/records/gcm.hpp"
#include "quietus/secret_bytes.hpp"

namespace quietus::records {

class Sheet {
 public:
  static Result<Sheet> blank() {
    QUIETUS_TRY(bytes, SecretBytes::allocate(kSheetBytes));
    return Sheet(std::move(bytes));
  }

  /// Page: which numbers have been given. Segment: which pages are there.
  [[nodiscard]] std::uint32_t present() const { return load_word(bytes_.view()); }
  void set_present(std::uint32_t mask) { store_word(bytes_.mutable_view(), mask); }
  /// Page: which of them are live. Segment: bit i, whether its extent i lies in slot b.
  [[nodiscard]] std::uint32_t marks() const { return load_word(bytes_.view().subspan(4)); }
  void set_marks(std::uint32_t mask) { store_word(bytes_.mutable_view().subspan(4), mask); }

  [[nodiscard]] BytesView key(std::uint32_t index) const {
    return bytes_.view().subspan(at(index), kKeyBytes);
  }
  std::span<std::uint8_t> mutable_key(std::uint32_t index) {
    return bytes_.mutable_view().subspan(at(index), kKeyBytes);
  }
  [[nodiscard]] BytesView view() const { return bytes_.view(); }
  std::span<std::uint8_t> mutable_view() { return bytes_.mutable_view(); }

 private:
  explicit Sheet(SecretBytes bytes) : bytes_(std::move(bytes)) {}
  static std::size_t at(std::uint32_t index) { return 8 + std::size_t{index} * kKeyBytes; }
  SecretBytes bytes_;
};

}  // namespace quietus::records
