// Messages over a unix stream socket: 4-byte big-endian length, one byte of message type, a list of byte
// fields (each with a 4-byte length), and at most one passed descriptor. No JSON: what root reads first stays
// flat.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "quietus/bytes.hpp"
#include "quietus/result.hpp"

namespace quietus {

struct Frame {
  std::uint8_t type = 0;
  std::vector<Bytes> fields;
};

inline constexpr std::size_t kMaxFrameBytes = 1 << 20;
inline constexpr std::size_t kMaxFrameFields = 64;
inline constexpr std::size_t kLengthBytes = 4;  ///< of every length in and before a frame

Bytes encode_frame(const Frame& frame);       ///< without the length prefix
Result<Frame> decode_frame(BytesView bytes);  ///< exact: no trailing bytes

/// Blocking, with a deadline per message. `unavailable` when the peer has gone, `timed_out` after the
/// deadline. A message with more descriptors than asked for (none without `passed_fd`, else one) is
/// `invalid_input`; all of them are closed.
Status send_frame(int socket, const Frame& frame, int passed_fd = -1, int timeout_ms = 10000);
Result<Frame> receive_frame(int socket, std::optional<Fd>* passed_fd = nullptr, int timeout_ms = 10000);

Result<Fd> connect_unix(const std::string& path);
Result<Fd> listen_unix(const std::string& path, unsigned mode = 0600);  ///< replaces a stale socket of ours
/// Waits at most timeout_ms; nullopt on time-out.
Result<std::optional<Fd>> accept_unix(int listener, int timeout_ms);
struct PeerCredentials {
  unsigned uid = 0, gid = 0;
  int pid = 0;
};
Result<PeerCredentials> peer_credentials(int socket);

}  // namespace quietus
