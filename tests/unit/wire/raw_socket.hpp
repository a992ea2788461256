// A client that says exactly what the test wants, well-formed or not.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/file.hpp"

namespace quietus::tests {

class RawSocket {
 public:
  explicit RawSocket(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot connect");
    }
  }

  /// False once the peer has closed.
  bool say(std::string_view text) const {
    while (!text.empty()) {
      const auto sent = send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// Everything until the peer closes or `timeout_ms` of silence have passed.
  std::string hear(int timeout_ms = 5000) {
    std::string heard;
    std::array<char, 4096> buffer{};
    pollfd waiting{fd_.get(), POLLIN, 0};
    while (poll(&waiting, 1, timeout_ms) > 0) {
      const auto size = recv(fd_.get(), buffer.data(), buffer.size(), 0);
      closed_ = size <= 0;
      if (closed_) break;
      heard.append(buffer.data(), static_cast<std::size_t>(size));
    }
    return heard;
  }
  [[nodiscard]] bool closed() const { return closed_; }

 private:
  Fd fd_;
  bool closed_ = false;
};

}  // namespace quietus::tests
