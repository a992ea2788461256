#include "kms/http/http_edge.hpp"

#include <atomic>
#include <string>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "kms/http/dispatch.hpp"

namespace quietus::http {

namespace {

constexpr int kFirstRetryAfterSeconds = 2;

wire::HttpReply waiting(const wire::HttpRequest& request, int retry_after_s) {
  if (request.method == "GET" && request.target == "/v1/health/live") {
    wire::HttpReply live;
    live.content_type = "application/json";
    live.body = to_bytes(R"({"live":true})");
    return live;
  }
  Problem problem =
      problem_of({ErrorKind::unavailable, "the HSM is not there yet; this appliance waits for it",
                  "try again; the operator finds the reason in the log of kms", std::nullopt});
  problem.headers = {{"Retry-After", std::to_string(retry_after_s)}};
  return render(problem, random_id("req"));
}

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
  explicit State(const HttpEdgeSettings& given) : rate(given.rate), public_ledger(given.public_ledger) {}

  wire::HttpReply handle(const wire::HttpRequest& request) {
    Dispatch* const table = open.load();
    return table != nullptr ? table->handle(request) : waiting(request, retry_after_s);
  }
  std::size_t max_body(const wire::HttpRequest& head) {
    Dispatch* const table = open.load();
    return table != nullptr ? table->max_body(head) : wire::ServerLimits{}.max_body_bytes;
  }
  bool urgent(const wire::HttpRequest& head) {
    Dispatch* const table = open.load();
    return table != nullptr && table->urgent(head);
  }

  const PaceSettings rate;
  const bool public_ledger;
  std::atomic<int> retry_after_s{kFirstRetryAfterSeconds};
  std::unique_ptr<Dispatch> dispatch;
  std::atomic<Dispatch*> open{nullptr};
  std::unique_ptr<wire::HttpServer> server;  // last: its threads use all of the above
};

Result<std::unique_ptr<HttpEdge>> HttpEdge::start_waiting(const HttpEdgeSettings& settings) {
  auto state = std::make_unique<State>(settings);
  State* const shared = state.get();
  wire::ServerSettings server;
  server.listen_address = settings.listen_address;
  server.port = settings.port;
  server.tls = settings.tls;
  server.limits = settings.limits;
  server.max_body = [shared](const wire::HttpRequest& head) { return shared->max_body(head); };
  server.urgent = [shared](const wire::HttpRequest& head) { return shared->urgent(head); };
  server.own_reply = own_reply;
  QUIETUS_TRY(started, wire::HttpServer::start(std::move(server), [shared](const wire::HttpRequest& request) {
                return shared->handle(request);
              }));
  state->server = std::move(started);
  return std::unique_ptr<HttpEdge>(new HttpEdge(std::move(state)));
}

Result<std::unique_ptr<HttpEdge>> HttpEdge::start(const HttpEdgeSettings& settings, service::Service& service,
                                                  IdempotencyStore& store, std::span<const Route> table) {
  QUIETUS_TRY(edge, start_waiting(settings));
  edge->open(service, store, table);
  return std::move(edge);
}

void HttpEdge::open(service::Service& service, IdempotencyStore& store, std::span<const Route> table) {
  state_->dispatch =
      std::make_unique<Dispatch>(table, service, store, state_->rate, system_now, state_->public_ledger);
  state_->open = state_->dispatch.get();
}

void HttpEdge::set_retry_after(int seconds) { state_->retry_after_s = seconds; }

HttpEdge::HttpEdge(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpEdge::~HttpEdge() = default;
std::uint16_t HttpEdge::port() const { return state_->server->port(); }
void HttpEdge::stop() { state_->server->stop(); }

}  // namespace quietus::http
