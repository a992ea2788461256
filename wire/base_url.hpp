// "https://host:port/prefix", taken apart strictly.
#pragma once

#include <string>
#include <string_view>

#include "quietus/result.hpp"

namespace quietus::wire {

struct BaseUrl {
  bool tls = false;
  std::string host;  ///< without the brackets of an IPv6 address
  std::string port;
  std::string authority;  ///< for the Host field
  std::string prefix;     ///< "" or "/path", without a slash at its end
};

/// http and https only; no user, query or fragment (RFC 3986 §3).
Result<BaseUrl> parse_base_url(std::string_view text);

}  // namespace quietus::wire
