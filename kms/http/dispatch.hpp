// One request from bytes to reply: route, caller, limit, body, use case, answer, log line. Blocks.
#pragma once

#include "kms/http/idempotency.hpp"
#include "kms/http/principal.hpp"
#include "kms/http/rate_limit.hpp"
#include "kms/http/router.hpp"

namespace quietus::http {

class Dispatch {
 public:
  /// All references outlive this.
  Dispatch(std::span<const Route> table, service::Service& service, IdempotencyStore& store,
           PaceSettings rate, WallClock clock, bool public_ledger = false);

  /// Thread-safe. Never throws on behalf of a client.
  wire::HttpReply handle(const wire::HttpRequest& request);
  /// Largest body for this head; strangers are given little.
  [[nodiscard]] std::size_t max_body(const wire::HttpRequest& head) const;
  [[nodiscard]] bool urgent(const wire::HttpRequest& head) const;

 private:
  struct Trace;  // what the log line will say
  std::expected<service::Reply, Problem> answer(const wire::HttpRequest& request, Trace& trace);
  std::expected<service::Reply, Problem> act(const wire::HttpRequest& request, const Match& match,
                                             const Principal& principal);

  bool within_rate(const Route& route, const std::string& principal);

  Router router_;
  service::Service& service_;
  PrincipalCache principals_;
  RateLimit rate_, data_rate_;
  Idempotency idempotency_;
  const bool public_ledger_;
};

}  // namespace quietus::http
