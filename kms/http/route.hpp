// One endpoint as data. The table of them (routes.cpp) is what the router, the limits, the idempotency rule
// and the OpenAPI document are made from: nothing about an endpoint is said twice.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "kms/service/use_cases.hpp"

namespace quietus::http {

/// Whose certificate opens this endpoint.
enum class Who {
  nobody,  ///< liveness: no certificate needed
  anyone,  ///< a person or a host
  reader,  ///< the same, and nobody where the configuration makes the ledger public
  person,
  host,  ///< the eraser of the {host} in the path
};

enum class Answer { json, octets };

/// What the body of a request is. `either`: octets are one item, JSON is described by `body`.
enum class Takes { json, octets, either };

/// Whether an Idempotency-Key may be sent with a POST. Never where the answer is secret: it would be kept.
enum class Repeat { refused, by_key };

/// `restrictive`: what makes things safer (freeze, suspend, withdraw) goes ahead of the queue and knows no
/// rate limit. `data`: uses of keys, which have a larger allowance of their own.
enum class Pace { ordinary, data, restrictive };

/// Member of a request body, or query parameter.
struct Member {
  std::string_view name;
  std::string_view type;  ///< JSON Schema: "string", "integer", "boolean", "array", "object"
  std::string_view description;
  bool required = true;
};

struct Route {
  std::string_view method;   ///< "GET" or "POST"
  std::string_view pattern;  ///< "/v1/cases/{case}/orders/{order}:approve" (AIP-136 custom verbs)
  service::UseCase use_case = nullptr;
  std::string_view name;  ///< operationId
  std::string_view summary;
  Who who = Who::person;
  Takes takes = Takes::json;
  std::vector<Member> body;  ///< members of a JSON body; empty: there must be no JSON body
  std::vector<Member> query;
  Answer answer = Answer::json;
  Repeat repeat = Repeat::refused;
  Pace pace = Pace::ordinary;
  std::size_t max_body_bytes = std::size_t{64} << 10;
};

/// The table of kms. Program lifetime.
std::span<const Route> routes();

}  // namespace quietus::http
