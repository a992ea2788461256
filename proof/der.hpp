// A strict reader of DER (ITU-T X.690 §10): shortest definite lengths, single-byte tags, nothing left over.
// Where stock libraries forgive (the parts of CMS that nobody signs), this does not.
#pragma once

#include <cstdint>
#include <optional>

#include "quietus/bytes.hpp"
#include "quietus/result.hpp"

namespace quietus::proof {

namespace der {
inline constexpr std::uint8_t boolean = 0x01, integer = 0x02, bit_string = 0x03, octet_string = 0x04,
                              null = 0x05, object_identifier = 0x06, utc_time = 0x17, generalized_time = 0x18,
                              sequence = 0x30, set = 0x31, context_0 = 0xa0, context_1 = 0xa1;
}  // namespace der

/// One element; both views point into the bytes that were given to the reader.
struct DerElement {
  std::uint8_t tag = 0;
  BytesView content, whole;
};

/// Takes elements off the front. Errors are `verification_failed`: these bytes claim to be a proof.
class DerReader {
 public:
  explicit DerReader(BytesView bytes) : rest_(bytes) {}
  Result<DerElement> next();
  Result<DerElement> next(std::uint8_t tag);
  /// The element, when the next one has this tag.
  Result<std::optional<DerElement>> next_if(std::uint8_t tag);
  [[nodiscard]] bool empty() const { return rest_.empty(); }
  /// Fails when something is left.
  [[nodiscard]] Status finish() const;

 private:
  BytesView rest_;
};

/// The only element of `bytes`.
Result<DerElement> read_only_element(BytesView bytes, std::uint8_t tag);

bool equal(BytesView a, BytesView b);
/// Bytes of an element of this tag.
Bytes der_element(std::uint8_t tag, BytesView content);
/// UTCTime (1950..2049) or GeneralizedTime with up to millisecond fraction (X.690 §11.7, §11.8).
Result<std::int64_t> read_der_time_ms(const DerElement& element);

}  // namespace quietus::proof
