// The HTTPS edge of kms: the table of routes behind mutual TLS.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "kms/http/idempotency.hpp"
#include "kms/http/rate_limit.hpp"
#include "kms/http/route.hpp"
#include "wire/server.hpp"

namespace quietus::http {

struct HttpEdgeSettings {
  std::string listen_address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0 = any free one
  wire::ServerTls tls;
  wire::ServerLimits limits;
  PaceSettings rate;
  bool public_ledger = false;  ///< the ledger's leaves and tiles are for strangers too, without a certificate
};

/// Until open() is called, everything but liveness is answered with 503 and Retry-After: the port of an
/// appliance whose token is away is there and says so.
class HttpEdge {
 public:
  /// Listens when it returns; not open yet.
  static Result<std::unique_ptr<HttpEdge>> start_waiting(const HttpEdgeSettings& settings);
  /// From now on requests go to the table of kms. Once; `service` and `store` outlive stop().
  void open(service::Service& service, IdempotencyStore& store);
  /// With another table than the one of kms. `table` outlives stop().
  void open(service::Service& service, IdempotencyStore& store, std::span<const Route> table);
  /// What Retry-After says while waiting.
  void set_retry_after(int seconds);

  /// start_waiting and open. `service` and `store` outlive the edge.
  static Result<std::unique_ptr<HttpEdge>> start(const HttpEdgeSettings& settings, service::Service& service,
                                                 IdempotencyStore& store);
  /// With another table than the one of kms. `table` outlives the edge.
  static Result<std::unique_ptr<HttpEdge>> start(const HttpEdgeSettings& settings, service::Service& service,
                                                 IdempotencyStore& store, std::span<const Route> table);
  ~HttpEdge();
  HttpEdge(const HttpEdge&) = delete;
  HttpEdge& operator=(const HttpEdge&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  /// Lets running requests finish.
  void stop();

 private:
  struct State;
  explicit HttpEdge(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace quietus::http
