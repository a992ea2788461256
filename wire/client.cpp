#include "wire/client.hpp"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "base/mutex.hpp"
#include "wire/base_url.hpp"
#include "wire/http1.hpp"
#include "wire/transport.hpp"

namespace quietus::wire {

namespace {

constexpr std::size_t kMaxHeaderBytes = std::size_t{32} << 10;

struct Exchange {
  std::string head;
  BytesView body;
  bool head_request = false;
  bool sent_anything = false;  // set once bytes of the request may have reached the server
};

// RFC 9110 §9.2.2
bool safe_to_repeat(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE";
}

Error out_of_time(const std::string& host) {
  return {ErrorKind::timed_out, host + " did not answer in time", "try again", std::nullopt};
}

}  // namespace

struct HttpClient::State {
  ClientSettings settings;
  BaseUrl url;
  TlsContext tls;
  Mutex mutex;
  boost::asio::io_context io{1};
  std::unique_ptr<Transport> connection QUIETUS_GUARDED_BY(mutex);

  Task<Result<HttpResponse>> exchange(Transport& transport, Exchange& what) const;
  Task<Result<HttpResponse>> read_response(Transport& transport, bool head_request, bool& reusable) const;
  Task<Result<HttpResponse>> once(std::unique_ptr<Transport>& kept, Exchange& what) const;
  Result<HttpResponse> run(std::unique_ptr<Transport>& kept, Exchange& what);
};

Result<std::unique_ptr<HttpClient>> HttpClient::create(const ClientSettings& settings) {
  auto state = std::make_unique<State>();
  QUIETUS_TRY(url, parse_base_url(settings.base_url));
  state->settings = settings;
  state->url = std::move(url);
  if (state->url.tls) {
    QUIETUS_TRY(tls, client_tls(settings));
    state->tls = std::move(tls);
  }
  return std::unique_ptr<HttpClient>(new HttpClient(std::move(state)));
}

HttpClient::HttpClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpClient::~HttpClient() = default;

Task<Result<HttpResponse>> HttpClient::State::read_response(Transport& transport, bool head_request,
                                                            bool& reusable) const {
  ResponseReader reader(kMaxHeaderBytes, settings.max_response_bytes, head_request);
  std::vector<std::uint8_t> buffer(std::size_t{32} << 10);
  while (!reader.done()) {
    const auto size = co_await transport.read_some(buffer);
    if (!size) co_return std::unexpected(size.error());
    const Status fed = *size == 0 ? reader.end() : reader.feed(BytesView(buffer).first(*size));
    if (!fed) co_return std::unexpected(fed.error());
    if (*size == 0) transport.abort();
  }
  reusable = reader.keep_alive() && transport.open();
  co_return reader.take();
}

Task<Result<HttpResponse>> HttpClient::State::exchange(Transport& transport, Exchange& what) const {
  what.sent_anything = true;
  Status written = co_await transport.write_all(as_bytes(what.head));
  if (written && !what.body.empty()) written = co_await transport.write_all(what.body);
  // Also after a failed write: the server may have said why it would hear no more.
  if (!written && written.error().kind == ErrorKind::timed_out) co_return std::unexpected(written.error());
  bool reusable = false;
  auto response = co_await read_response(transport, what.head_request, reusable);
  if (!reusable || !written) transport.abort();
  if (!response && !written && response.error().kind == ErrorKind::unavailable) {
    co_return std::unexpected(written.error());
  }
  co_return response;
}

Task<Result<HttpResponse>> HttpClient::State::once(std::unique_ptr<Transport>& kept, Exchange& what) const {
  if (!kept) {
    const Endpoint endpoint{url.host, url.port};
    auto connected = co_await connect_transport(endpoint, tls, settings.timeout_ms);
    if (!connected) co_return std::unexpected(connected.error());
    kept = std::move(*connected);
  } else {
    kept->set_deadline(settings.timeout_ms);
  }
  auto response = co_await exchange(*kept, what);
  if (kept->open()) {
    kept->clear_deadline();
  } else {
    kept.reset();
  }
  co_return response;
}

Result<HttpResponse> HttpClient::State::run(std::unique_ptr<Transport>& kept, Exchange& what) {
  Result<HttpResponse> outcome = std::unexpected(out_of_time(url.host));
  io.restart();
  boost::asio::co_spawn(
      io, once(kept, what), [&](const std::exception_ptr& thrown, Result<HttpResponse> result) {
        outcome = thrown ? fail(ErrorKind::internal, "the HTTP client failed") : std::move(result);
      });
  io.run();
  if (!outcome && outcome.error().kind == ErrorKind::timed_out)
    outcome = std::unexpected(out_of_time(url.host));
  return outcome;
}

Result<HttpResponse> HttpClient::send(std::string_view method, const std::string& target,
                                      std::string_view content_type, BytesView body, const Headers& headers) {
  State& state = *state_;
  if (!target.starts_with('/'))
    return fail(ErrorKind::invalid_input, "the request target must begin with '/'");
  QUIETUS_TRY(head, write_request_head(method, state.url.prefix + target, state.url.authority, content_type,
                                       body.size(), headers));
  const MutexLock lock(state.mutex);
  if (state.connection && !state.connection->quiet()) state.connection.reset();
  const bool used_before = state.connection != nullptr;
  Exchange what{head, body, method == "HEAD"};
  auto response = state.run(state.connection, what);
  const bool lost = !response && response.error().kind == ErrorKind::unavailable;
  // A kept connection may have been closed by the server while nobody looked.
  if (!lost || !used_before || !(safe_to_repeat(method) || !what.sent_anything)) return response;
  state.connection.reset();
  Exchange again{head, body, method == "HEAD"};
  return state.run(state.connection, again);
}

}  // namespace quietus::wire
