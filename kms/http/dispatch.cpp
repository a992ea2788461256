#include "kms/http/dispatch.hpp"

#include <chrono>

#include "base/crypto.hpp"
#include "base/log.hpp"
#include "kms/http/body.hpp"

namespace quietus::http {

namespace {

constexpr std::size_t kStrangersBodyBytes = 4 << 10;
constexpr const char* kIdempotencyHeader = "Idempotency-Key";

std::unexpected<Problem> refuse(ErrorKind kind, std::string message, std::string next_step = {}) {
  return std::unexpected(problem_of({kind, std::move(message), std::move(next_step), std::nullopt}));
}

std::expected<void, Problem> admit(const Match& match, const Principal& principal, bool public_ledger) {
  const Who who = match.route->who;
  if (who == Who::nobody || (who == Who::reader && public_ledger)) return {};
  if (!principal.known()) return refuse(ErrorKind::unauthenticated, "a client certificate is needed here");
  if (who == Who::person && !principal.caller.person) return refuse(ErrorKind::denied, "this is for people");
  if (who == Who::host && !principal.caller.host) return refuse(ErrorKind::denied, "this is for erasers");
  const auto host = match.path.find("host");
  if (who == Who::host && host != match.path.end() && host->second != principal.caller.host->text()) {
    return refuse(ErrorKind::denied, "the certificate is another host's");
  }
  return {};
}

Problem too_many() {
  return {{ErrorKind::unavailable, "this client asks too often", "slow down", std::nullopt},
          429,
          {{"Retry-After", "1"}}};
}

// Which request a key stands for: another word of it, or another caller, is another request.
Digest request_digest(const wire::HttpRequest& request, const Digest& caller) {
  Sha256 hash;
  for (const std::string_view part : {std::string_view(request.method), std::string_view(request.target)}) {
    hash.update(as_bytes(part));
    hash.update(as_bytes("\n"));
  }
  hash.update(caller.view());
  hash.update(request.body);
  return hash.finish();
}

wire::HttpReply render(service::Reply reply) {
  wire::HttpReply rendered;
  rendered.status = reply.status;
  rendered.secret = reply.secret;
  if (reply.octets) {
    rendered.content_type = reply.octets_type;
    rendered.body = std::move(*reply.octets);
  } else {
    rendered.content_type = "application/json";
    rendered.body = to_bytes(reply.json.write());
  }
  return rendered;
}

}  // namespace

struct Dispatch::Trace {
  std::string request_id = random_id("req");
  std::string_view route = "";
  std::string principal;
  LogLevel level = LogLevel::info;
  std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();

  void write(const wire::HttpRequest& request, int status, const Error* error) const {
    if (status < 500 && !logs(level)) return;
    const auto took = std::chrono::steady_clock::now() - begun;
    Json::Object fields{
        {"request_id", request_id},
        {"method", request.method.substr(0, 16)},
        {"route", route},
        {"status", status},
        {"ms", std::int64_t{std::chrono::duration_cast<std::chrono::milliseconds>(took).count()}},
        {"principal", principal}};
    if (error != nullptr && status >= 500) fields.emplace("why", error->message);
    log(status >= 500 ? LogLevel::error : level, "request", std::move(fields));
  }
};

Dispatch::Dispatch(std::span<const Route> table, service::Service& service, IdempotencyStore& store,
                   PaceSettings rate, WallClock clock, bool public_ledger)
    : router_(table),
      service_(service),
      rate_(rate.control),
      data_rate_(rate.data),
      idempotency_(store, std::move(clock)),
      public_ledger_(public_ledger) {}

std::size_t Dispatch::max_body(const wire::HttpRequest& head) const {
  const Route* const route = router_.find(head.method, head.target);
  return route == nullptr || head.peer_certificate.empty() ? kStrangersBodyBytes : route->max_body_bytes;
}

bool Dispatch::urgent(const wire::HttpRequest& head) const {
  const Route* const route = router_.find(head.method, head.target);
  return route != nullptr && route->pace == Pace::restrictive && !head.peer_certificate.empty();
}

wire::HttpReply Dispatch::handle(const wire::HttpRequest& request) {
  Trace trace;
  auto answered = answer(request, trace);
  wire::HttpReply reply =
      answered ? render(std::move(*answered)) : http::render(answered.error(), trace.request_id);
  reply.headers.emplace_back("X-Request-Id", trace.request_id);
  reply.headers.emplace_back("Cache-Control", "no-store");
  reply.headers.emplace_back("X-Content-Type-Options", "nosniff");
  trace.write(request, reply.status, answered ? nullptr : &answered.error().error);
  return reply;
}

std::expected<service::Reply, Problem> Dispatch::answer(const wire::HttpRequest& request, Trace& trace) {
  auto match = router_.match(request.method, request.target);
  if (!match) return std::unexpected(std::move(match.error()));
  trace.route = match->route->pattern;
  if (match->route->pace == Pace::data) trace.level = LogLevel::debug;  // thousands a second
  const auto principal = principals_.of(request.peer_certificate);
  if (!principal) return std::unexpected(problem_of(principal.error()));
  trace.principal = (*principal)->id;
  if (auto admitted = admit(*match, **principal, public_ledger_); !admitted)
    return std::unexpected(std::move(admitted.error()));
  if (!within_rate(*match->route, (*principal)->id)) return std::unexpected(too_many());
  return act(request, *match, **principal);
}

bool Dispatch::within_rate(const Route& route, const std::string& principal) {
  if (route.who == Who::nobody || route.pace == Pace::restrictive) return true;
  return route.pace == Pace::data ? data_rate_.take(principal) : rate_.take(principal);
}

std::expected<service::Reply, Problem> Dispatch::act(const wire::HttpRequest& request, const Match& match,
                                                     const Principal& principal) {
  const Route& route = *match.route;
  auto body = parse_body(route, request);
  if (!body) return std::unexpected(std::move(body.error()));
  const service::Request question{principal.caller,      match.path,   match.query,
                                  std::move(body->json), body->octets, std::move(body->associated_data)};
  const auto* key = wire::find_header(request.headers, kIdempotencyHeader);
  if (key != nullptr && route.repeat == Repeat::refused) {
    return refuse(ErrorKind::invalid_input, "this endpoint takes no Idempotency-Key", "leave it out");
  }
  auto reply = key == nullptr ? route.use_case(service_, question)
                              : idempotency_.once(*key, principal.fingerprint,
                                                  request_digest(request, principal.fingerprint),
                                                  [&] { return route.use_case(service_, question); });
  if (!reply) return std::unexpected(problem_of(std::move(reply.error())));
  return std::move(*reply);
}

}  // namespace quietus::http
