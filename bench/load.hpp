// A lean client: connections over mutual TLS, kept alive, all served by one thread, the same request again
// and again. What a client costs is part of what is measured, since it runs on the same processors: hence no
// house client here.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/figure.hpp"
#include "quietus/bytes.hpp"
#include "wire/client.hpp"

namespace quietus::bench {

/// Head and body of a POST of octets.
Bytes octets_request(const std::string& target, BytesView body);

class Load {
 public:
  /// Connects them all; `request` outlives the load.
  Load(const wire::ClientSettings& client, std::uint16_t port, int connections);
  ~Load();
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  /// Requests a second, every connection asking again as soon as it is answered. Ends the program at the
  /// first answer that is not a 200.
  double rate(BytesView request, double seconds);

  /// Requests begun at fixed moments, `per_second` of them, whether or not earlier ones are answered: ms from
  /// the moment at which each was due (so that waiting behind a slow one counts) to its answer's last byte.
  std::vector<double> latencies_ms(BytesView request, double per_second, double seconds);

  /// Body of the last answer of some connection.
  [[nodiscard]] const Bytes& last_body() const { return last_body_; }

 private:
  struct Connection;
  void connect(SSL_CTX* context, std::uint16_t port);
  void send(Connection& connection, BytesView request);
  /// True when the answer is complete.
  bool receive(Connection& connection);
  /// Waits up to `longest` and takes in what has come; `answered` is told of each.
  template <class Answered>
  void turn(std::chrono::nanoseconds longest, Answered answered);

  int epoll_ = -1;
  std::vector<std::unique_ptr<Connection>> connections_;
  Bytes buffer_ = Bytes(std::size_t{16} << 10);  // as much as a record holds
  Bytes last_body_;
};

}  // namespace quietus::bench
