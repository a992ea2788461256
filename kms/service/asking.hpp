// What every use case does first: who is asking, which id they mean, what the state says of it.
#pragma once

#include "kms/service/service.hpp"

namespace quietus::service {

/// `unauthenticated` when the caller is not a person.
Result<Person> require_person(const Request& request);
/// The caller's host id; `denied` unless it is the {host} of the path and enrolled.
Result<HostId> require_host(Service& service, const Request& request);

/// Strong id out of the path; `invalid_input` when malformed.
template <class IdType>
Result<IdType> path_id(const Request& request, std::string_view name) {
  const auto found = request.path.find(name);
  if (found == request.path.end())
    return fail(ErrorKind::invalid_input, std::string(name) + " is missing in the path");
  return IdType::parse(found->second);
}

/// Copies out of the state; `not_found` says what to ask for instead. A person without a role in the case is
/// told `not_found` too: existence is need-to-know.
Result<governance::Case> case_of(Service& service, const Request& request);
Result<governance::Holding> holding_of(Service& service, const Request& request);
Result<governance::OrderRecord> order_of(Service& service, const Request& request);

/// {"reason": "..."} bodies.
Result<std::string> reason_of(const Request& request);

}  // namespace quietus::service
