// Blocking HTTP client of the house: mutual TLS 1.3 to kms, plain HTTP to a time-stamp authority.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "quietus/result.hpp"
#include "wire/message.hpp"

namespace quietus::wire {

struct ClientSettings {
  std::string base_url;          ///< "https://host[:port]" or "http://host[:port]", optional path prefix
  std::string ca_file;           ///< https: PEM of the root(s) trusted, and of nothing else; no system store
  std::string certificate_file;  ///< PEM, leaf first, intermediates after it; empty = no client certificate
  std::string key_file;          ///< PEM
  int timeout_ms = 30000;        ///< one whole exchange, connect included
  std::size_t max_response_bytes = std::size_t{64} << 20;
};

/// One connection, kept alive between calls; calls of several threads take turns. A connection that the
/// server has closed is opened again once, when the method is safe to repeat (RFC 9110 §9.2.2) or nothing had
/// been sent.
class HttpClient {
 public:
  /// `invalid_input` for a URL or file that cannot be used. Does not connect.
  static Result<std::unique_ptr<HttpClient>> create(const ClientSettings& settings);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// `target` begins with '/'. Any status is a response. Errors: `unavailable` (not reachable, connection
  /// lost), `timed_out`, `unauthenticated` (one side refused the other's certificate), `exhausted` (response
  /// too large), `corrupt` (not HTTP).
  Result<HttpResponse> send(std::string_view method, const std::string& target,
                            std::string_view content_type = {}, BytesView body = {},
                            const Headers& headers = {});

 private:
  struct State;
  explicit HttpClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// The JSON of a 2xx answer; a problem document (RFC 9457) becomes an Error with the server's kind, message
/// and next step. Any other answer is an error too.
Result<Json> expect_json(const HttpResponse& response);
/// The octets of a 2xx answer; failures as above.
Result<Bytes> expect_octets(HttpResponse response);

}  // namespace quietus::wire
