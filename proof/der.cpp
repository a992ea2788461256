#include "proof/der.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace quietus::proof {
namespace {

constexpr std::size_t kMaxLengthBytes = 4;

std::unexpected<Error> bad_der(const char* why) {
  return fail(ErrorKind::verification_failed, std::string("DER: ") + why);
}

/// Length of the content; moves `at` behind the length bytes.
Result<std::size_t> read_length(BytesView bytes, std::size_t& at) {
  if (at >= bytes.size()) return bad_der("cut off");
  const std::uint8_t first = bytes[at++];
  if (first < 0x80) return first;
  const std::size_t count = first & 0x7f;
  if (count == 0 || count > kMaxLengthBytes || at + count > bytes.size())
    return bad_der("a length of no definite form");
  std::size_t length = 0;
  for (std::size_t i = 0; i < count; ++i) length = length << 8 | bytes[at++];
  const bool shortest = length >= 0x80 && (length >> (8 * (count - 1))) != 0;
  if (!shortest) return bad_der("a length that could be shorter");
  return length;
}

}  // namespace

Result<DerElement> DerReader::next() {
  if (rest_.size() < 2) return bad_der("cut off");
  if ((rest_[0] & 0x1f) == 0x1f) return bad_der("a tag of more than one byte");
  std::size_t at = 1;
  QUIETUS_TRY(length, read_length(rest_, at));
  if (length > rest_.size() - at) return bad_der("an element longer than what holds it");
  const DerElement element{rest_[0], rest_.subspan(at, length), rest_.first(at + length)};
  rest_ = rest_.subspan(at + length);
  return element;
}

Result<DerElement> DerReader::next(std::uint8_t tag) {
  QUIETUS_TRY(element, next());
  if (element.tag != tag) return bad_der("not the element that belongs here");
  return element;
}

Result<std::optional<DerElement>> DerReader::next_if(std::uint8_t tag) {
  if (rest_.empty() || rest_[0] != tag) return std::optional<DerElement>();
  QUIETUS_TRY(element, next());
  return std::optional(element);
}

Status DerReader::finish() const {
  if (!rest_.empty()) return bad_der("something left over");
  return {};
}

Result<DerElement> read_only_element(BytesView bytes, std::uint8_t tag) {
  DerReader reader(bytes);
  QUIETUS_TRY(element, reader.next(tag));
  QUIETUS_CHECK(reader.finish());
  return element;
}

bool equal(BytesView a, BytesView b) { return std::ranges::equal(a, b); }

Bytes der_element(std::uint8_t tag, BytesView content) {
  Bytes out{tag};
  if (content.size() < 0x80) {
    out.push_back(static_cast<std::uint8_t>(content.size()));
  } else {
    std::size_t bytes = 1;
    while (bytes < sizeof(std::size_t) && (content.size() >> (8 * bytes)) != 0) ++bytes;
    out.push_back(static_cast<std::uint8_t>(0x80 | bytes));
    for (std::size_t i = bytes; i > 0; --i)
      out.push_back(static_cast<std::uint8_t>(content.size() >> (8 * (i - 1))));
  }
  out.insert(out.end(), content.begin(), content.end());
  return out;
}

Result<std::int64_t> read_der_time_ms(const DerElement& element) {
  std::string text(as_text(element.content));
  if (element.tag == der::utc_time && text.size() == 13) {
    text.insert(0, text[0] >= '5' ? "19" : "20");
  } else if (element.tag != der::generalized_time) {
    return bad_der("not a time");
  }
  // YYYYMMDDHHMMSS[.f..]Z; X.690 §11.7.3: no trailing zeroes in the fraction.
  const std::size_t dot = text.find('.');
  if (text.size() < 15 || text.back() != 'Z' || (dot == std::string::npos ? text.size() != 15 : dot != 14)) {
    return bad_der("a time in another form");
  }
  std::string fraction = dot == std::string::npos ? "" : text.substr(15, text.size() - 16);
  if (dot != std::string::npos && (fraction.empty() || fraction.size() > 3 || fraction.back() == '0')) {
    return bad_der("a time's fraction in another form");
  }
  fraction.resize(3, '0');
  const auto part = [&](std::size_t at, std::size_t size) { return text.substr(at, size); };
  QUIETUS_TRY(time, from_rfc3339(part(0, 4) + "-" + part(4, 2) + "-" + part(6, 2) + "T" + part(8, 2) + ":" +
                                 part(10, 2) + ":" + part(12, 2) + "." + fraction + "Z"));
  return time.value;
}

}  // namespace quietus::proof
