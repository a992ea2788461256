// NVMe/TCP on the wire (NVM Express TCP Transport Specification, "PDU"): little-endian fields at fixed
// places.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace quietus::test {

using Octets = std::vector<std::uint8_t>;

enum PduType : std::uint8_t {
  kIcReq = 0,
  kIcResp = 1,
  kC2hTerm = 3,
  kCapsuleCmd = 4,
  kCapsuleResp = 5,
  kH2cData = 6,
  kC2hData = 7,
  kR2t = 9,
};

inline constexpr std::size_t kCommonHeader = 8, kIcBytes = 128, kCommandHeader = 72, kDataHeader = 24;
inline constexpr std::size_t kMaxPdu = kDataHeader + (1 << 20);
inline constexpr std::uint32_t kMaxH2cData = 1 << 17;
inline constexpr std::uint8_t kLastData = 4;

inline std::uint64_t get(std::span<const std::uint8_t> bytes, std::size_t at, std::size_t width) {
  std::uint64_t value = 0;
  for (std::size_t i = width; i-- > 0;) value = value << 8 | bytes[at + i];
  return value;
}
inline void set(Octets& bytes, std::size_t at, std::size_t width, std::uint64_t value) {
  for (std::size_t i = 0; i < width; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> 8 * i);
}

/// A PDU of `bytes` with its common header filled in.
inline Octets pdu(PduType type, std::uint8_t flags, std::size_t header_bytes, std::size_t bytes) {
  Octets out(bytes);
  out[0] = type;
  out[1] = flags;
  out[2] = static_cast<std::uint8_t>(header_bytes);
  if (bytes > header_bytes) out[3] = static_cast<std::uint8_t>(header_bytes);
  set(out, 4, 4, bytes);
  return out;
}

/// The 64 bytes of a command.
struct Submission {
  std::span<const std::uint8_t> bytes;
  [[nodiscard]] std::uint8_t opcode() const { return bytes[0]; }
  [[nodiscard]] std::uint16_t id() const { return static_cast<std::uint16_t>(get(bytes, 2, 2)); }
  [[nodiscard]] std::uint32_t nsid() const { return static_cast<std::uint32_t>(get(bytes, 4, 4)); }
  [[nodiscard]] std::uint32_t data_bytes() const { return static_cast<std::uint32_t>(get(bytes, 32, 4)); }
  [[nodiscard]] std::uint32_t cdw(unsigned number) const {
    return static_cast<std::uint32_t>(get(bytes, 4 * std::size_t{number}, 4));
  }
};

struct Answer {
  std::uint16_t status = 0;
  std::uint64_t result = 0;
  Octets data{};
  bool later = false;  ///< an asynchronous event: never answered
};

}  // namespace quietus::test
