#include "wire/transport.hpp"

#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <optional>

#include "wire/deadlines.hpp"

namespace quietus::wire {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::beast::tcp_stream;
using boost::system::error_code;

namespace {

// A failed operation is a value here, never an exception.

constexpr int kFinishMs = 1000;
constexpr std::size_t kFinishBytes = std::size_t{256} << 10;

Error network_error(const error_code& ec, const SSL* tls) {
  if (ec == boost::beast::error::timeout)
    return {ErrorKind::timed_out, "the other side was too slow", {}, {}};
  if (ec.category() == asio::error::get_ssl_category()) {
    return tls_error(static_cast<unsigned long>(ec.value()), tls);
  }
  return {ErrorKind::unavailable, "the connection was lost: " + ec.message(), {}, {}};
}

// Readable while nothing is due: the peer has closed, or speaks out of turn.
bool quiet_socket(tcp_stream& stream) {
  char byte = 0;
  return stream.socket().is_open() &&
         recv(stream.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

// A client has a timer of its own for its one connection; the sockets of a server are looked at together.
class Deadline {
 public:
  /// `stream` outlives this; without `watched`, it keeps time itself.
  Deadline(tcp_stream& stream, Deadlines* watched) : stream_(stream) {
    if (watched != nullptr) watched_.emplace(*watched, stream.socket().native_handle());
  }
  void set(int ms) {
    if (watched_) return watched_->set_deadline(ms);
    stream_.expires_after(std::chrono::milliseconds(ms));
  }
  void clear() {
    if (watched_) return watched_->clear_deadline();
    stream_.expires_never();
  }
  void shut() {
    if (watched_) watched_->shut();
  }
  void close() {
    if (watched_) watched_->forget();
    stream_.close();
  }
  [[nodiscard]] bool over() const { return watched_ && watched_->over(); }
  [[nodiscard]] bool open() const { return stream_.socket().is_open() && !over(); }
  /// What a failed operation means; nothing when it only met the end of the stream.
  [[nodiscard]] std::optional<Error> failure(const error_code& ec, const SSL* tls) const {
    if (ec == asio::error::eof && !over()) return std::nullopt;
    return lost(ec, tls);
  }
  [[nodiscard]] Error lost(const error_code& ec, const SSL* tls) const {
    return network_error(over() ? error_code(boost::beast::error::timeout) : ec, tls);
  }

 private:
  tcp_stream& stream_;
  std::optional<WatchedSocket> watched_;
};

class PlainTransport final : public Transport {
 public:
  PlainTransport(tcp_stream stream, Deadlines* watched)
      : stream_(std::move(stream)), deadline_(stream_, watched) {}
  void set_deadline(int ms) override { deadline_.set(ms); }
  void clear_deadline() override { deadline_.clear(); }
  void abort() override { deadline_.close(); }
  void shut() override { deadline_.shut(); }
  bool open() const override { return deadline_.open(); }
  bool quiet() override { return quiet_socket(stream_); }
  SSL* tls() override { return nullptr; }

  Task<Result<std::size_t>> read_some(std::span<std::uint8_t> out) override {
    const asio::mutable_buffer buffer(out.data(), out.size());
    const auto [ec, size] = co_await stream_.async_read_some(buffer, kAwait);
    if (!ec) co_return size;
    auto failure = deadline_.failure(ec, nullptr);
    if (failure) co_return std::unexpected(std::move(*failure));
    co_return std::size_t{0};
  }

  Task<Status> write_all(BytesView bytes) override {
    const asio::const_buffer buffer(bytes.data(), bytes.size());
    const auto [ec, size] = co_await asio::async_write(stream_, buffer, kAwait);
    if (!ec) co_return Status{};
    co_return std::unexpected(deadline_.lost(ec, nullptr));
  }

  Task<void> finish() override {
    error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    set_deadline(kFinishMs);
    std::array<std::uint8_t, 8192> sink;
    for (std::size_t seen = 0; seen < kFinishBytes;) {
      const auto size = co_await read_some(sink);
      if (!size || *size == 0) break;
      seen += *size;
    }
    deadline_.close();
  }

 private:
  tcp_stream stream_;
  Deadline deadline_;
};

class TlsTransport final : public Transport {
 public:
  TlsTransport(tcp_stream stream, const TlsContext& context, Deadlines* watched)
      : context_(native(context)), stream_(std::move(stream), context_), deadline_(tcp(), watched) {}
  void set_deadline(int ms) override { deadline_.set(ms); }
  void clear_deadline() override { deadline_.clear(); }
  void abort() override { deadline_.close(); }
  void shut() override { deadline_.shut(); }
  bool open() const override { return deadline_.open(); }
  bool quiet() override { return quiet_socket(tcp()); }
  SSL* tls() override { return stream_.native_handle(); }

  Task<Status> handshake(asio::ssl::stream_base::handshake_type side) {
    const auto [ec] = co_await stream_.async_handshake(side, kAwait);
    if (!ec) co_return Status{};
    co_return std::unexpected(deadline_.lost(ec, tls()));
  }

  Task<Result<std::size_t>> read_some(std::span<std::uint8_t> out) override {
    const asio::mutable_buffer buffer(out.data(), out.size());
    const auto [ec, size] = co_await stream_.async_read_some(buffer, kAwait);
    if (!ec) co_return size;
    auto failure = deadline_.failure(ec, tls());
    if (failure) co_return std::unexpected(std::move(*failure));
    co_return std::size_t{0};
  }

  Task<Status> write_all(BytesView bytes) override {
    const asio::const_buffer buffer(bytes.data(), bytes.size());
    const auto [ec, size] = co_await asio::async_write(stream_, buffer, kAwait);
    if (!ec) co_return Status{};
    co_return std::unexpected(deadline_.lost(ec, tls()));
  }

  // close_notify is written by SSL_shutdown into Asio's engine; waiting for the peer's own is bounded.
  Task<void> finish() override {
    set_deadline(kFinishMs);
    co_await drain_after_close_notify();
    deadline_.close();
  }

 private:
  static asio::ssl::context native(const TlsContext& context) {
    SSL_CTX_up_ref(context.get());  // asio::ssl::context owns what it is given
    return asio::ssl::context(context.get());
  }
  tcp_stream& tcp() { return stream_.next_layer(); }

  Task<void> drain_after_close_notify() {
    error_code ignored;
    [[maybe_unused]] const auto [ec] = co_await stream_.async_shutdown(kAwait);
    tcp().socket().shutdown(tcp::socket::shutdown_send, ignored);
    std::array<std::uint8_t, 8192> sink;
    const asio::mutable_buffer buffer(sink.data(), sink.size());
    for (std::size_t seen = 0; seen < kFinishBytes;) {
      const auto [read_ec, size] = co_await tcp().async_read_some(buffer, kAwait);
      if (read_ec) break;
      seen += size;
    }
  }

  asio::ssl::context context_;
  asio::ssl::stream<tcp_stream> stream_;
  Deadline deadline_;
};

}  // namespace

Task<Result<std::unique_ptr<Transport>>> accept_transport(tcp::socket socket, TlsContext tls,
                                                          Deadlines& deadlines, int timeout_ms) {
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  tcp_stream stream(std::move(socket));
  if (!tls) co_return std::make_unique<PlainTransport>(std::move(stream), &deadlines);
  auto transport = std::make_unique<TlsTransport>(std::move(stream), tls, &deadlines);
  transport->set_deadline(timeout_ms);
  const auto shaken = co_await transport->handshake(asio::ssl::stream_base::server);
  if (!shaken) {
    co_await transport->finish();  // lets the alert arrive
    co_return std::unexpected(shaken.error());
  }
  transport->clear_deadline();
  co_return std::unique_ptr<Transport>(std::move(transport));
}

namespace {

Task<Result<tcp_stream>> connect_stream(Endpoint endpoint, int timeout_ms) {
  const auto executor = co_await asio::this_coro::executor;
  tcp::resolver resolver(executor);
  const auto [resolve_ec, found] = co_await resolver.async_resolve(endpoint.host, endpoint.port, kAwait);
  if (resolve_ec) {
    co_return fail(ErrorKind::unavailable, "no address for " + endpoint.host + ": " + resolve_ec.message(),
                   "check the address in the configuration");
  }
  tcp_stream stream(executor);
  stream.expires_after(std::chrono::milliseconds(timeout_ms));
  const auto [ec, peer] = co_await stream.async_connect(found, kAwait);
  if (ec == boost::beast::error::timeout) {
    co_return fail(ErrorKind::timed_out, endpoint.host + ':' + endpoint.port + " did not answer");
  }
  if (ec) {
    co_return fail(ErrorKind::unavailable,
                   "cannot connect to " + endpoint.host + ':' + endpoint.port + ": " + ec.message(),
                   "check that it runs and listens there");
  }
  error_code ignored;
  stream.socket().set_option(tcp::no_delay(true), ignored);
  co_return stream;
}

}  // namespace

Task<Result<std::unique_ptr<Transport>>> connect_transport(Endpoint endpoint, TlsContext tls,
                                                           int timeout_ms) {
  auto stream = co_await connect_stream(endpoint, timeout_ms);
  if (!stream) co_return std::unexpected(stream.error());
  if (!tls) co_return std::make_unique<PlainTransport>(std::move(*stream), nullptr);
  auto transport = std::make_unique<TlsTransport>(std::move(*stream), tls, nullptr);
  const Status named = expect_server(transport->tls(), endpoint.host);
  if (!named) co_return std::unexpected(named.error());
  const auto shaken = co_await transport->handshake(asio::ssl::stream_base::client);
  if (!shaken) {
    transport->abort();
    co_return std::unexpected(shaken.error());
  }
  co_return std::unique_ptr<Transport>(std::move(transport));
}

}  // namespace quietus::wire
