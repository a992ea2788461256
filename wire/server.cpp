#include "wire/server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <future>
#include <thread>

#include "base/log.hpp"
#include "wire/server_core.hpp"

namespace quietus::wire {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr int kListenBacklog = 128;

// A place among max_connections, held by the coroutine of the connection.
class Place {
 public:
  explicit Place(ServerCore& core) : core_(core) { ++core_.connection_count; }
  ~Place() { --core_.connection_count; }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  ServerCore& core_;
};

Task<void> serve_socket(ServerCore& core, tcp::socket socket) {
  const Place place(core);
  TlsContext context;
  if (core.tls) {
    auto current = core.tls->current();
    if (!current) co_return;
    context = *current;
  }
  auto transport = co_await accept_transport(std::move(socket), context, core.deadlines,
                                             core.settings.limits.handshake_ms);
  if (!transport) {
    log(LogLevel::info, "handshake failed", {{"why", transport.error().message}});
    co_return;
  }
  Connection connection(core, std::move(*transport));
  if (!core.stopping) co_await connection.serve();
}

Task<void> accept_loop(ServerCore& core, tcp::acceptor& acceptor) {
  while (!core.stopping) {
    auto [ec, socket] = co_await acceptor.async_accept(core.io, kAwait);
    if (ec == asio::error::operation_aborted) co_return;
    if (ec) {  // out of descriptors, most likely: wait for some to come back
      asio::steady_timer pause(core.io, std::chrono::milliseconds(100));
      [[maybe_unused]] const auto [waited] = co_await pause.async_wait(kAwait);
      continue;
    }
    if (core.connection_count >= core.settings.limits.max_connections) continue;  // closes the socket
    asio::co_spawn(core.io, serve_socket(core, std::move(socket)), asio::detached);
  }
}

Task<void> watch_deadlines(ServerCore& core) {
  asio::steady_timer next(core.io);
  while (!core.stopping) {
    next.expires_after(Deadlines::kLookEvery);
    [[maybe_unused]] const auto [ec] = co_await next.async_wait(kAwait);
    core.deadlines.look();
  }
}

Status listen(tcp::acceptor& acceptor, const ServerSettings& settings) {
  boost::system::error_code ec;
  const auto address = asio::ip::make_address(settings.listen_address, ec);
  if (ec) return fail(ErrorKind::invalid_input, "not an address to listen on: " + settings.listen_address);
  const tcp::endpoint endpoint(address, settings.port);
  acceptor.open(endpoint.protocol(), ec);
  if (!ec) acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(kListenBacklog, ec);
  if (!ec) return {};
  return fail(ErrorKind::unavailable,
              "cannot listen on " + settings.listen_address + ':' + std::to_string(settings.port) + ": " +
                  ec.message(),
              "see who uses the port, or configure another");
}

}  // namespace

struct HttpServer::State {
  State(ServerSettings settings, Handler handler)
      : core(std::move(settings), std::move(handler)),
        accepting(asio::make_strand(core.io)),
        acceptor(accepting) {}

  ServerCore core;
  asio::strand<asio::io_context::executor_type> accepting;  // the acceptor is used by one thread at a time
  tcp::acceptor acceptor;
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work;
  std::uint16_t port = 0;
  std::vector<std::thread> threads;
  bool stopped = false;

  void run();
  void close_idle();
  void wait_for_requests() const;
};

// The wall behind which nothing throws: a connection that does is dropped, the server goes on.
void HttpServer::State::run() {
  for (;;) {
    try {
      core.io.run();
      return;
    } catch (const std::exception& thrown) {
      log(LogLevel::error, "a thread of the server caught an exception", {{"what", thrown.what()}});
    }
  }
}

void HttpServer::State::close_idle() {
  std::promise<void> done;
  core.stopping = true;
  asio::post(accepting, [&] {
    boost::system::error_code ignored;
    acceptor.close(ignored);
    done.set_value();
  });
  done.get_future().wait();
  const MutexLock lock(core.connections_mutex);
  for (auto* connection : core.connections) connection->end_if_idle();
}

void HttpServer::State::wait_for_requests() const {
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(core.settings.limits.stop_ms);
  while (core.running_requests > 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(ServerSettings settings, Handler handler) {
  const auto& limits = settings.limits;
  if (!handler || limits.workers == 0 || limits.max_connections == 0 || limits.max_header_bytes < 1024) {
    return fail(ErrorKind::invalid_input, "the server's limits leave no room for any request");
  }
  auto state = std::make_unique<State>(std::move(settings), std::move(handler));
  if (state->core.settings.tls) {
    QUIETUS_TRY(tls, FollowingTls::create(*state->core.settings.tls));
    state->core.tls = std::move(tls);
  }
  QUIETUS_CHECK(listen(state->acceptor, state->core.settings));
  state->port = state->acceptor.local_endpoint().port();
  state->work.emplace(asio::make_work_guard(state->core.io));
  asio::co_spawn(state->accepting, accept_loop(state->core, state->acceptor), asio::detached);
  asio::co_spawn(state->core.io, watch_deadlines(state->core), asio::detached);
  for (std::size_t i = 0; i < state->core.threads(); ++i)
    state->threads.emplace_back([raw = state.get()] { raw->run(); });
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpServer::~HttpServer() { stop(); }

std::uint16_t HttpServer::port() const { return state_->port; }
std::size_t HttpServer::connections() const { return state_->core.connection_count; }

void HttpServer::stop() {
  if (state_->stopped) return;
  state_->stopped = true;
  state_->close_idle();
  state_->wait_for_requests();
  state_->core.gate.stop();
  state_->core.io.stop();
  for (auto& thread : state_->threads) thread.join();
  state_->core.gate.drop_waiting();
}

}  // namespace quietus::wire
