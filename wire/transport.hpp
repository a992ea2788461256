// A byte stream with a deadline, plain or TLS, for the coroutines of client and server. Internal to this
// room.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <span>
#include <string>

#include "quietus/bytes.hpp"
#include "quietus/result.hpp"
#include "wire/deadlines.hpp"
#include "wire/tls.hpp"

namespace quietus::wire {

/// The outcome of an asynchronous operation with its error_code, not an exception.
inline constexpr auto kAwait = boost::asio::as_tuple(boost::asio::use_awaitable);

template <class T>
using Task = boost::asio::awaitable<T>;

/// One connection. Errors: `timed_out` past the deadline, `unavailable` when the peer has gone,
/// `unauthenticated` for TLS alerts about certificates. Used by one coroutine, on whichever thread it runs,
/// except where said.
class Transport {
 public:
  virtual ~Transport() = default;
  /// For everything that is awaited from now on, taken together.
  virtual void set_deadline(int ms) = 0;
  virtual void clear_deadline() = 0;
  /// At least one byte; 0 = the peer has ended its side in order.
  virtual Task<Result<std::size_t>> read_some(std::span<std::uint8_t> out) = 0;
  virtual Task<Status> write_all(BytesView bytes) = 0;
  /// Ends our side in order, reads away what still comes (a little, briefly: a reset would take the last
  /// words from the peer), closes.
  virtual Task<void> finish() = 0;
  /// Wakes whoever waits on this connection with an error.
  virtual void abort() = 0;
  /// The same to a server's connection, from any thread; it is not closed yet.
  virtual void shut() = 0;
  [[nodiscard]] virtual bool open() const = 0;
  /// Still there, and the peer has sent nothing that was not read: fit for another request.
  [[nodiscard]] virtual bool quiet() = 0;
  /// nullptr when plain.
  [[nodiscard]] virtual ssl_st* tls() = 0;
};

struct Endpoint {
  std::string host;
  std::string port;
};

/// Connects and, with a context, shakes hands, within `timeout_ms`.
Task<Result<std::unique_ptr<Transport>>> connect_transport(Endpoint endpoint, TlsContext tls, int timeout_ms);
/// The server's side of an accepted socket. `deadlines` are looked at by the server and outlive the
/// transport.
Task<Result<std::unique_ptr<Transport>>> accept_transport(boost::asio::ip::tcp::socket socket, TlsContext tls,
                                                          Deadlines& deadlines, int timeout_ms);

}  // namespace quietus::wire
