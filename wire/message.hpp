// HTTP messages as both ends of the wire see them: plain values, bounded by the settings of client and
// server.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "quietus/bytes.hpp"

namespace quietus::wire {

/// Field name and value, in the order of the wire. Names compare without regard to case (RFC 9110 §5.1).
using Headers = std::vector<std::pair<std::string, std::string>>;

/// First value of the field, or nullptr.
const std::string* find_header(const Headers& headers, std::string_view name);
/// How often the field occurs: a field that decides something must occur once.
std::size_t count_header(const Headers& headers, std::string_view name);

/// What a server's handler is given.
struct HttpRequest {
  std::string method;  ///< "GET", "POST", as sent
  std::string target;  ///< origin form, not decoded: "/v1/cases?x=1"
  Headers headers;
  Bytes body;
  Bytes peer_certificate;  ///< DER of the verified client certificate; empty = none was presented
};

/// What it answers. Connection handling and Content-Length are the server's business.
struct HttpReply {
  int status = 200;
  std::string content_type;  ///< empty = no body
  Bytes body;
  Headers headers;
  bool secret = false;  ///< `body` is cleansed once it was written, the request's once it was answered
};

/// What a client gets back.
struct HttpResponse {
  int status = 0;
  std::string content_type;
  Bytes body;
  Headers headers;
};

}  // namespace quietus::wire
