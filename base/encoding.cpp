#include "base/encoding.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace quietus {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int base64_value(char c) {
  const auto at = kBase64Digits.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

std::unexpected<Error> not_base64() { return fail(ErrorKind::invalid_input, "not base64 in canonical form"); }

void append_number(std::string& out, std::int64_t value, int width) {
  std::string digits = std::to_string(value);
  out.append(static_cast<std::size_t>(std::max(0, width - static_cast<int>(digits.size()))), '0');
  out += digits;
}

/// The decimal number in text[at, at + width), or -1.
int number_at(std::string_view text, std::size_t at, std::size_t width) {
  int value = 0;
  for (const char c : text.substr(at, width)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

std::string hex(BytesView bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    out += kHexDigits[byte >> 4U];
    out += kHexDigits[byte & 15U];
  }
  return out;
}

Result<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return fail(ErrorKind::invalid_input, "odd number of hex digits");
  Bytes out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = kHexDigits.find(text[i]);
    const auto low = kHexDigits.find(text[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) {
      return fail(ErrorKind::invalid_input, "not lower-case hex");
    }
    out.push_back(static_cast<std::uint8_t>(high << 4U | low));
  }
  return out;
}

Result<Digest> digest_from_hex(std::string_view text) {
  Digest digest;
  if (text.size() != digest.value.size() * 2) {
    return fail(ErrorKind::invalid_input, "a digest is 64 lower-case hex digits");
  }
  QUIETUS_TRY(bytes, from_hex(text));
  std::ranges::copy(bytes, digest.value.begin());
  return digest;
}

Result<Digest> digest_from_base64(std::string_view text) {
  QUIETUS_TRY(bytes, from_base64(text));
  Digest digest;
  if (bytes.size() != digest.value.size()) return fail(ErrorKind::invalid_input, "not 32 bytes in base64");
  std::ranges::copy(bytes, digest.value.begin());
  return digest;
}

std::string base64(BytesView bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = group << 8U | (k < have ? bytes[i + k] : 0U);
    for (std::size_t k = 0; k < 4; ++k) {
      out += k <= have ? kBase64Digits[group >> (18 - 6 * k) & 63U] : '=';
    }
  }
  return out;
}

std::string pem(std::string_view label, BytesView der) {
  constexpr std::size_t kLine = 64;
  const std::string text = base64(der);
  std::string out = "-----BEGIN " + std::string(label) + "-----\n";
  for (std::size_t at = 0; at < text.size(); at += kLine) out += text.substr(at, kLine) + "\n";
  return out + "-----END " + std::string(label) + "-----\n";
}

Result<Bytes> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return not_base64();
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  const std::string_view digits = text.substr(0, text.size() - padding);
  Bytes out;
  out.reserve(text.size() / 4 * 3);
  std::uint32_t pending = 0;
  unsigned pending_bits = 0;
  for (const char c : digits) {
    const int value = base64_value(c);
    if (value < 0) return not_base64();
    pending = (pending << 6U | static_cast<std::uint32_t>(value)) & 0xffffU;
    pending_bits += 6;
    if (pending_bits >= 8) {
      pending_bits -= 8;
      out.push_back(static_cast<std::uint8_t>(pending >> pending_bits & 255U));
    }
  }
  // RFC 4648 §3.5: the spare bits of the last digit must be zero, or two texts would mean the same bytes.
  if ((pending & ((1U << pending_bits) - 1)) != 0) return not_base64();
  return out;
}

std::string rfc3339(UnixMs time) {
  using namespace std::chrono;
  constexpr sys_time<milliseconds> first = sys_days{year{0} / January / 1};
  constexpr sys_time<milliseconds> last = sys_days{year{10000} / January / 1} - milliseconds{1};
  const auto at = std::clamp(sys_time<milliseconds>{milliseconds{time.value}}, first, last);
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss clock{at - day};
  std::string out;
  append_number(out, static_cast<int>(date.year()), 4);
  append_number(out += '-', static_cast<unsigned>(date.month()), 2);
  append_number(out += '-', static_cast<unsigned>(date.day()), 2);
  append_number(out += 'T', clock.hours().count(), 2);
  append_number(out += ':', clock.minutes().count(), 2);
  append_number(out += ':', clock.seconds().count(), 2);
  append_number(out += '.', clock.subseconds().count(), 3);
  return out += 'Z';
}

Result<UnixMs> from_rfc3339(std::string_view text) {
  using namespace std::chrono;
  constexpr std::string_view shape = "dddd-dd-ddTdd:dd:dd.dddZ";
  const auto refused = [] {
    return fail(ErrorKind::invalid_input, "not a UTC time of the form 2026-01-31T23:59:59.123Z");
  };
  if (text.size() != shape.size()) return refused();
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (shape[i] == 'd' ? !digit : text[i] != shape[i]) return refused();
  }
  const year_month_day date{year{number_at(text, 0, 4)}, month{static_cast<unsigned>(number_at(text, 5, 2))},
                            day{static_cast<unsigned>(number_at(text, 8, 2))}};
  const int hour = number_at(text, 11, 2);
  const int minute = number_at(text, 14, 2);
  const int second = number_at(text, 17, 2);
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return refused();
  const auto at =
      sys_days{date} + hours{hour} + minutes{minute} + seconds{second} + milliseconds{number_at(text, 20, 3)};
  return UnixMs{at.time_since_epoch().count()};
}

UnixMs system_now() {
  using namespace std::chrono;
  return {floor<milliseconds>(system_clock::now()).time_since_epoch().count()};
}

}  // namespace quietus
