// Frames over a connected socket: whole or not at all, before a deadline, with at most one descriptor
// (unix(7)).
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "base/framing.hpp"

namespace quietus {
namespace {

/// Room for more descriptors than are allowed, so that a surplus is seen; the kernel closes what does not
/// fit.
constexpr std::size_t kDescriptorRoom = 8;

using Clock = std::chrono::steady_clock;

std::unexpected<Error> peer_gone() { return fail(ErrorKind::unavailable, "the peer has gone"); }

Status wait_for(int socket, short events, Clock::time_point deadline) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return fail(ErrorKind::timed_out, "the peer did not answer in time");
    pollfd waiting{socket, events, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(left));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return io_error("wait for", "the socket");
  }
}

/// Control buffer with the alignment that CMSG_* needs.
struct Control {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kDescriptorRoom)> space{};
};

void attach(msghdr& message, Control& control, int passed_fd) {
  message.msg_control = control.space.data();
  message.msg_controllen = CMSG_SPACE(sizeof(int));
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &passed_fd, sizeof(int));
}

/// Takes every descriptor out of a message, so that none can leak whatever happens next.
void collect(msghdr& message, std::vector<Fd>& descriptors) {
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
      descriptors.emplace_back(fd);
    }
  }
}

struct Received {
  std::vector<Fd> descriptors;
  bool truncated = false;
};

Status receive_exactly(int socket, std::span<std::uint8_t> out, Clock::time_point deadline,
                       Received& received) {
  while (!out.empty()) {
    QUIETUS_CHECK(wait_for(socket, POLLIN, deadline));
    Control control;
    iovec part{out.data(), out.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.space.data();
    message.msg_controllen = control.space.size();
    const ssize_t got = ::recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0 && errno != ECONNRESET) return io_error("receive from", "the socket");
    if (got <= 0) return peer_gone();
    collect(message, received.descriptors);
    received.truncated = received.truncated || (message.msg_flags & MSG_CTRUNC) != 0;
    out = out.subspan(static_cast<std::size_t>(got));
  }
  return {};
}

}  // namespace

Status send_frame(int socket, const Frame& frame, int passed_fd, int timeout_ms) {
  const Bytes body = encode_frame(frame);
  if (body.size() > kMaxFrameBytes || frame.fields.size() > kMaxFrameFields) {
    return fail(ErrorKind::exhausted, "message too long to send");
  }
  Bytes whole;
  whole.reserve(kLengthBytes + body.size());
  for (const unsigned shift : {24U, 16U, 8U, 0U})
    whole.push_back(static_cast<std::uint8_t>(body.size() >> shift));
  whole.insert(whole.end(), body.begin(), body.end());
  const auto deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
  for (std::size_t sent = 0; sent < whole.size();) {
    QUIETUS_CHECK(wait_for(socket, POLLOUT, deadline));
    Control control;
    iovec part{whole.data() + sent, whole.size() - sent};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (passed_fd >= 0 && sent == 0) attach(message, control, passed_fd);
    const ssize_t now = ::sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (now < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (now < 0 && (errno == EPIPE || errno == ECONNRESET)) return peer_gone();
    if (now < 0) return io_error("send to", "the socket");
    sent += static_cast<std::size_t>(now);
  }
  return {};
}

Result<Frame> receive_frame(int socket, std::optional<Fd>* passed_fd, int timeout_ms) {
  if (passed_fd != nullptr) passed_fd->reset();
  const auto deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
  Received received;
  std::array<std::uint8_t, kLengthBytes> prefix{};
  QUIETUS_CHECK(receive_exactly(socket, prefix, deadline, received));
  std::size_t size = 0;
  for (const std::uint8_t byte : prefix) size = size << 8U | byte;
  if (size > kMaxFrameBytes) return fail(ErrorKind::exhausted, "message too long");
  Bytes body(size);
  QUIETUS_CHECK(receive_exactly(socket, body, deadline, received));
  const std::size_t allowed = passed_fd == nullptr ? 0 : 1;
  if (received.descriptors.size() > allowed) {
    return fail(ErrorKind::invalid_input, "message with a descriptor that nobody asked for");
  }
  // Without a free slot in our table the kernel drops what was passed: the message would pose as one without.
  if (received.truncated)
    return fail(ErrorKind::exhausted, "a passed descriptor found no room", "try again later");
  QUIETUS_TRY(frame, decode_frame(body));
  if (!received.descriptors.empty()) *passed_fd = std::move(received.descriptors.front());
  return std::move(frame);
}

}  // namespace quietus
