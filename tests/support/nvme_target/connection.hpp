// One TCP connection, which is one queue: bytes in, PDUs taken off them, answers out.
#pragma once

#include <map>

#include "tests/support/nvme_target/controller.hpp"

namespace quietus::test {

class TargetConnection {
 public:
  TargetConnection(int socket, TargetController& controller) : socket_(socket), controller_(controller) {}
  ~TargetConnection();
  TargetConnection(const TargetConnection&) = delete;
  TargetConnection& operator=(const TargetConnection&) = delete;

  [[nodiscard]] int socket() const { return socket_; }
  /// Reads what is there and answers what is whole; false when the connection is over.
  bool serve(std::int64_t now_ms);

 private:
  /// A write that waits for its data.
  struct Awaited {
    Octets command, data;
    std::size_t have = 0;
  };

  bool take_pdus(std::int64_t now_ms);
  bool handle(std::span<const std::uint8_t> whole, std::int64_t now_ms);
  bool greet(std::span<const std::uint8_t> whole);
  bool command(std::span<const std::uint8_t> whole, std::int64_t now_ms);
  bool data(std::span<const std::uint8_t> whole, std::int64_t now_ms);
  bool execute(const Submission& command, std::span<const std::uint8_t> data, std::int64_t now_ms);
  bool send(const Octets& bytes) const;

  int socket_;
  TargetController& controller_;
  Octets input_;
  std::map<std::uint16_t, Awaited> awaited_;
  bool admin_ = true;
  std::uint16_t head_ = 0;
};

}  // namespace quietus::test
