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
};

class HttpEdge {
 public:
  /// Listens when it returns. `service` and `store` outlive the edge.
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
