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

/// The one gate of whatever is read about a case. `not_found`, saying `what`, for a person without a role in
/// it: existence is need-to-know. `denied` for one who is suspended in it.
Status may_look(const governance::State& state, const CaseId& in, const Person& person,
                const std::string& what, const std::string& next_step);
/// The same for lists, which leave out what may not be seen.
bool sees(const governance::State& state, const CaseId& in, const Person& person);

/// Copies out of the state; `not_found` says what to ask for instead. A person without a role in the case is
/// told `not_found` too: existence is need-to-know.
Result<governance::Case> case_of(Service& service, const Request& request);
Result<governance::Holding> holding_of(Service& service, const Request& request);
Result<governance::OrderRecord> order_of(Service& service, const Request& request);

/// `not_found` when it is none of the case in the path.
Result<governance::Finding> finding_of(Service& service, const Request& request);

/// A time in a body, RFC 3339.
UnixMs read_time(ObjectReader& reader, std::string_view key);
std::optional<UnixMs> read_optional_time(ObjectReader& reader, std::string_view key);
/// An id, or the empty one when it is absent.
template <class IdType>
IdType read_optional_id(ObjectReader& reader, std::string_view key) {
  const std::string text = reader.optional_text(key, 64);
  return text.empty() ? IdType() : reader.parsed<IdType>(text, &IdType::parse);
}
/// "" when the query does not have it.
std::string asked(const Request& request, std::string_view name);
/// `fallback` when the query does not have it; `invalid_input` unless it is a decimal number.
Result<std::uint64_t> asked_number(const Request& request, std::string_view name, std::uint64_t fallback);

/// {"reason": "..."} bodies.
Result<std::string> reason_of(const Request& request);
/// "order": the order that the act is done under; absent = the one that is there.
std::optional<OrderId> read_order(ObjectReader& reader);

}  // namespace quietus::service
