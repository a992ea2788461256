// HTTP server: a few threads that all read, check limits, run the handler and write; fewer handlers run at a
// time than there are threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "quietus/result.hpp"
#include "wire/message.hpp"

namespace quietus::wire {

/// TLS 1.3 only. A client may come without a certificate (liveness); one that presents a certificate which is
/// unknown, expired, revoked or not exactly root -> intermediate -> leaf fails the handshake.
struct ServerTls {
  std::string certificate_file;              ///< PEM, leaf first, then its intermediate
  std::string key_file;                      ///< PEM
  std::vector<std::string> client_ca_files;  ///< PEM: root and the intermediates (people CA, service CA)
  /// PEM or DER, one per intermediate. Empty = no revocation check; otherwise an issuer without a current
  /// list is refused. Read again when a file changes; while one cannot be read, every handshake is refused.
  std::vector<std::string> crl_files;
};

struct ServerLimits {
  std::size_t max_header_bytes = 16 << 10;
  std::size_t max_body_bytes = 1 << 20;
  int handshake_ms = 10000;           ///< whole TLS handshake
  int header_ms = 10000;              ///< first byte of a request to the end of its header
  int body_ms = 30000;                ///< whole body
  int write_ms = 30000;               ///< whole reply
  int idle_ms = 60000;                ///< between requests
  int stop_ms = 10000;                ///< grace for running requests at stop()
  std::size_t max_connections = 256;  ///< more are closed at once
  std::size_t queue_depth = 128;      ///< requests waiting for a handler; more are answered 503
  std::size_t urgent_depth = 16;      ///< places beyond it that only urgent requests may take
  std::size_t workers = 4;            ///< handlers running at a time; there is one thread more
};

/// Runs on a thread of the server and may block; called by several at a time. Exceptions become 500.
using Handler = std::function<HttpReply(const HttpRequest&)>;

struct ServerSettings {
  std::string listen_address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0 = any free one
  std::optional<ServerTls> tls;
  ServerLimits limits;
  /// Largest body of this request, asked when its header is there (its `body` is empty). Empty =
  /// max_body_bytes. Quick, and called by several threads at a time, as the two below.
  std::function<std::size_t(const HttpRequest& head)> max_body;
  /// Goes ahead of the queue and may take the reserved places: what makes things safer must get in under
  /// load.
  std::function<bool(const HttpRequest& head)> urgent;
  /// Body and type of the replies that the server gives by itself (400, 408, 413, 431, 500, 503). Empty =
  /// plain text.
  std::function<HttpReply(int status, const std::string& reason)> own_reply;
};

class HttpServer {
 public:
  /// Listens when it returns. `invalid_input` for unusable files or address, `unavailable` when the port is
  /// taken.
  static Result<std::unique_ptr<HttpServer>> start(ServerSettings settings, Handler handler);
  /// stop(), if it was not called.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::size_t connections() const;
  /// Accepts nothing more, closes idle connections, lets running requests finish within stop_ms.
  void stop();

 private:
  struct State;
  explicit HttpServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace quietus::wire
