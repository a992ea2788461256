// Unix stream sockets of framing.hpp: connect, listen, accept, who is there (unix(7)).
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/framing.hpp"

namespace quietus {
namespace {

constexpr int kBacklog = 16;

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(address.sun_path) || path.find('\0') != std::string::npos) {
    return fail(ErrorKind::invalid_input, "not a path for a socket: " + path, "use at most 107 bytes");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

const sockaddr* generic(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

/// Not blocking: with a full backlog, connect() would wait for as long as the listener likes.
Fd stream_socket() { return Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)); }

/// Removes a socket of ours on which nobody listens any more. Whatever else is in the way stays: `conflict`.
Status clear_stale(const std::string& path, const sockaddr_un& address) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0) {
    if (errno == ENOENT) return {};
    return io_error("look at", path);
  }
  // Root gives its socket to the user it serves, so after a restart the stale one belongs to that user.
  const bool ours = info.st_uid == ::geteuid() || ::geteuid() == 0;
  if (!S_ISSOCK(info.st_mode) || !ours) {
    return fail(ErrorKind::conflict, path + " is in the way and is not a socket of ours", "move it away");
  }
  // Only ECONNREFUSED means that nobody listens: a full backlog (EAGAIN) is somebody who is busy.
  const Fd probe = stream_socket();
  if (!probe) return io_error("make", "a socket");
  if (::connect(probe.get(), generic(address), sizeof(address)) == 0 || errno != ECONNREFUSED) {
    return fail(ErrorKind::conflict, "somebody listens on " + path, "stop the other process");
  }
  if (::unlink(path.c_str()) != 0) return io_error("remove", path);
  return {};
}

}  // namespace

Result<Fd> connect_unix(const std::string& path) {
  QUIETUS_TRY(address, address_of(path));
  Fd socket = stream_socket();
  if (!socket) return io_error("make", "a socket");
  if (::connect(socket.get(), generic(address), sizeof(address)) == 0) return std::move(socket);
  const int error = errno;
  if (error == ECONNREFUSED || error == ENOENT || error == EAGAIN) {
    return fail(ErrorKind::unavailable, "nobody answers on " + path, "start the service, or try again");
  }
  return io_error("connect to", path);
}

Result<Fd> listen_unix(const std::string& path, unsigned mode) {
  QUIETUS_TRY(address, address_of(path));
  QUIETUS_CHECK(clear_stale(path, address));
  Fd socket = stream_socket();
  if (!socket) return io_error("make", "a socket");
  // The mode of the descriptor, less the umask, becomes that of the path: it is never wider than asked for.
  if (::fchmod(socket.get(), mode) != 0) return io_error("set the mode of", path);
  if (::bind(socket.get(), generic(address), sizeof(address)) != 0) return io_error("bind", path);
  if (::chmod(path.c_str(), mode) != 0) return io_error("set the mode of", path);
  if (::listen(socket.get(), kBacklog) != 0) return io_error("listen on", path);
  return std::move(socket);
}

Result<std::optional<Fd>> accept_unix(int listener, int timeout_ms) {
  pollfd waiting{listener, POLLIN, 0};
  const int ready = ::poll(&waiting, 1, timeout_ms);
  // A signal counts as time-out: the caller's loop looks at stop_requested() and comes back.
  if (ready == 0 || (ready < 0 && errno == EINTR)) return std::optional<Fd>();
  if (ready < 0) return io_error("wait for", "a connection");
  const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd >= 0) return std::optional<Fd>(Fd(fd));
  if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED) return std::optional<Fd>();
  return io_error("accept", "a connection");
}

Result<PeerCredentials> peer_credentials(int socket) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || size != sizeof(peer)) {
    return io_error("learn who is at", "the other end of a socket");
  }
  return PeerCredentials{peer.uid, peer.gid, peer.pid};
}

}  // namespace quietus
