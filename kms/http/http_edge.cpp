#include "kms/http/http_edge.hpp"

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "kms/http/dispatch.hpp"

namespace quietus::http {

namespace {

// What the server says by itself, before a request has reached the table.
wire::HttpReply own_reply(int status, const std::string& reason) {
  ErrorKind kind = ErrorKind::invalid_input;
  if (status == 413 || status == 431) kind = ErrorKind::exhausted;
  if (status == 503) kind = ErrorKind::unavailable;
  if (status == 408) kind = ErrorKind::timed_out;
  if (status == 500) kind = ErrorKind::internal;
  return render(Problem{{kind, reason, {}, std::nullopt}, status, {}}, random_id("req"));
}

}  // namespace

struct HttpEdge::State {
  State(std::span<const Route> table, service::Service& service, IdempotencyStore& store,
        const PaceSettings& rate)
      : dispatch(table, service, store, rate, system_now) {}
  Dispatch dispatch;
  std::unique_ptr<wire::HttpServer> server;  // last: its threads use the dispatch
};

Result<std::unique_ptr<HttpEdge>> HttpEdge::start(const HttpEdgeSettings& settings, service::Service& service,
                                                  IdempotencyStore& store, std::span<const Route> table) {
  auto state = std::make_unique<State>(table, service, store, settings.rate);
  Dispatch* dispatch = &state->dispatch;
  wire::ServerSettings server;
  server.listen_address = settings.listen_address;
  server.port = settings.port;
  server.tls = settings.tls;
  server.limits = settings.limits;
  server.max_body = [dispatch](const wire::HttpRequest& head) { return dispatch->max_body(head); };
  server.urgent = [dispatch](const wire::HttpRequest& head) { return dispatch->urgent(head); };
  server.own_reply = own_reply;
  QUIETUS_TRY(started,
              wire::HttpServer::start(std::move(server), [dispatch](const wire::HttpRequest& request) {
                return dispatch->handle(request);
              }));
  state->server = std::move(started);
  return std::unique_ptr<HttpEdge>(new HttpEdge(std::move(state)));
}

HttpEdge::HttpEdge(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpEdge::~HttpEdge() = default;
std::uint16_t HttpEdge::port() const { return state_->server->port(); }
void HttpEdge::stop() { state_->server->stop(); }

}  // namespace quietus::http
