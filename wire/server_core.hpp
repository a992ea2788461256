// What the connections of one server share, and the life of one connection. Internal to this room.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <set>

#include "wire/http1.hpp"
#include "wire/server.hpp"
#include "wire/transport.hpp"
#include "wire/worker_pool.hpp"

namespace quietus::wire {

class Connection;

/// Touched by the I/O thread only, except where said.
struct ServerCore {
  ServerCore(ServerSettings given, Handler what)
      : settings(std::move(given)),
        handler(std::move(what)),
        pool(settings.limits.workers, settings.limits.queue_depth, settings.limits.urgent_depth) {}

  const ServerSettings settings;
  const Handler handler;  ///< called by workers
  std::unique_ptr<FollowingTls> tls;
  std::set<Connection*> connections;
  std::atomic<std::size_t> connection_count{0};  ///< accepted and not yet gone; read by anybody
  std::atomic<std::size_t> running_requests{0};  ///< header read, reply not yet written; read by anybody
  std::atomic<bool> stopping{false};
  WorkerPool pool;
  boost::asio::io_context io{1};  ///< last: its destructor ends the coroutines, which use all of the above
};

/// One connection from its handshake to its end.
class Connection {
 public:
  Connection(ServerCore& core, std::unique_ptr<Transport> transport);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Task<void> serve();
  /// Ends it when it is waiting for a request; a running one finishes first.
  void end_if_idle();

 private:
  enum class Next { request, end };

  Task<Next> serve_one();
  Task<Status> read_head();
  Task<Status> read_body();
  Task<Status> read_more();
  Task<Next> refuse(const Error& why);
  Task<HttpReply> handle(HttpRequest request);
  Task<bool> write(HttpReply reply, bool keep_alive, bool to_head_request);
  HttpReply own_reply(int status, const std::string& reason) const;
  [[nodiscard]] Urgency urgency_of(const HttpRequest& head) const;
  bool still_trusted();
  void begin_request();
  void end_request();

  ServerCore& core_;
  std::unique_ptr<Transport> transport_;
  RequestReader reader_;
  Bytes peer_;
  std::vector<std::uint8_t> buffer_;
  TlsContext verified_under_;
  std::chrono::steady_clock::time_point verified_at_;
  bool idle_ = true;  ///< no request of this connection is counted in running_requests
  bool served_before_ = false;
};

}  // namespace quietus::wire
