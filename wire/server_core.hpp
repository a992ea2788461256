// What the connections of one server share, and the life of one connection. Internal to this room.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <set>

#include "base/mutex.hpp"
#include "wire/deadlines.hpp"
#include "wire/handler_gate.hpp"
#include "wire/http1.hpp"
#include "wire/server.hpp"
#include "wire/transport.hpp"

namespace quietus::wire {

class Connection;

/// Used by all threads of the server.
struct ServerCore {
  ServerCore(ServerSettings given, Handler what)
      : settings(std::move(given)),
        handler(std::move(what)),
        gate(settings.limits.workers, settings.limits.queue_depth, settings.limits.urgent_depth),
        io(static_cast<int>(threads())) {}

  /// One more than may be in a handler at a time.
  [[nodiscard]] std::size_t threads() const { return settings.limits.workers + 1; }

  const ServerSettings settings;
  const Handler handler;
  std::unique_ptr<FollowingTls> tls;
  Mutex connections_mutex;
  std::set<Connection*> connections QUIETUS_GUARDED_BY(connections_mutex);
  std::atomic<std::size_t> connection_count{0};  ///< accepted and not yet gone
  std::atomic<std::size_t> running_requests{0};  ///< header read, reply not yet written
  std::atomic<bool> stopping{false};
  HandlerGate gate;
  Deadlines deadlines;
  boost::asio::io_context io;  ///< last: its destructor ends the coroutines, which use all of the above
};

/// One connection from its handshake to its end. A coroutine: on one thread at a time, not always the same.
class Connection {
 public:
  Connection(ServerCore& core, std::unique_ptr<Transport> transport);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Task<void> serve();
  /// Ends it when it is waiting for a request; a running one finishes first. From any thread.
  void end_if_idle();

 private:
  enum class Next { request, end };
  enum class Doing { waiting, request, nothing_more };

  Task<Next> serve_one();
  Task<Status> read_head();
  Task<Status> read_body();
  Task<Status> read_more();
  Task<Next> refuse(const Error& why);
  Task<HttpReply> handle(HttpRequest request);
  Task<bool> enter(Urgency urgency);
  HttpReply run_handler(HttpRequest& request);
  Task<bool> write(HttpReply reply, bool keep_alive, bool to_head_request);
  HttpReply own_reply(int status, const std::string& reason) const;
  [[nodiscard]] Urgency urgency_of(const HttpRequest& head) const;
  bool still_trusted();
  bool begin_request();
  void end_request();

  ServerCore& core_;
  std::unique_ptr<Transport> transport_;
  RequestReader reader_;
  Bytes peer_;
  std::vector<std::uint8_t> buffer_;
  TlsContext verified_under_;
  std::chrono::steady_clock::time_point verified_at_;
  std::atomic<Doing> doing_{Doing::waiting};  ///< `request`: counted in running_requests
  bool served_before_ = false;
};

}  // namespace quietus::wire
