#include "kms/service/asking.hpp"

#include <charconv>

#include "base/encoding.hpp"

namespace quietus::service {

Result<Person> require_person(const Request& request) {
  if (request.caller.person) return *request.caller.person;
  return fail(ErrorKind::unauthenticated, "this needs a person's certificate", "use the profile of a person");
}

Result<HostId> require_host(Service& service, const Request& request) {
  if (!request.caller.host)
    return fail(ErrorKind::unauthenticated, "this is for the eraser of a storage host");
  QUIETUS_TRY(asked, path_id<HostId>(request, "host"));
  if (asked != *request.caller.host) return fail(ErrorKind::denied, "a host may speak for itself only");
  if (service.enrolled(asked) == nullptr) {
    return fail(ErrorKind::denied, "host " + asked.text() + " is not enrolled",
                "add the certificate of its firmware agent to \"hosts\" in the configuration of kms");
  }
  return asked;
}

Status may_look(const governance::State& state, const CaseId& in, const Person& person,
                const std::string& what, const std::string& next_step) {
  if (!state.holds_any_role(in, person.id)) return fail(ErrorKind::not_found, what, next_step);
  if (!state.is_suspended(in, person.id)) return {};
  return fail(ErrorKind::denied, "you are suspended in case " + in.text(),
              "another person than the one who suspended you may lift it: `quietus reinstate`");
}

bool sees(const governance::State& state, const CaseId& in, const Person& person) {
  return state.holds_any_role(in, person.id) && !state.is_suspended(in, person.id);
}

Result<governance::Case> case_of(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(id, path_id<CaseId>(request, "case"));
  return service.ledger.look([&](const governance::State& state) -> Result<governance::Case> {
    QUIETUS_CHECK(may_look(state, id, person, "there is no case " + id.text() + " in which you have a role",
                           "`quietus case list` shows yours"));
    return *state.find(id);
  });
}

Result<governance::Holding> holding_of(Service& service, const Request& request) {
  QUIETUS_TRY(in, case_of(service, request));
  QUIETUS_TRY(id, path_id<HoldingId>(request, "holding"));
  return service.ledger.look([&](const governance::State& state) -> Result<governance::Holding> {
    const auto* found = state.find(id);
    if (found == nullptr || found->case_id != in.id) {
      return fail(ErrorKind::not_found, "case " + in.id.text() + " has no holding " + id.text(),
                  "`quietus case show " + in.id.text() + "` lists its holdings");
    }
    return *found;
  });
}

Result<governance::OrderRecord> order_of(Service& service, const Request& request) {
  QUIETUS_TRY(in, case_of(service, request));
  QUIETUS_TRY(id, path_id<OrderId>(request, "order"));
  return service.ledger.look([&](const governance::State& state) -> Result<governance::OrderRecord> {
    const auto* found = state.find(id);
    if (found == nullptr || found->order.case_id != in.id) {
      return fail(ErrorKind::not_found, "case " + in.id.text() + " has no order " + id.text(),
                  "`quietus case show " + in.id.text() + "` lists its orders");
    }
    return *found;
  });
}

Result<governance::Finding> finding_of(Service& service, const Request& request) {
  QUIETUS_TRY(in, case_of(service, request));
  QUIETUS_TRY(id, path_id<FindingId>(request, "finding"));
  return service.ledger.look([&](const governance::State& state) -> Result<governance::Finding> {
    const auto* found = state.find(id);
    if (found == nullptr || found->case_id != in.id) {
      return fail(ErrorKind::not_found, "case " + in.id.text() + " has no finding " + id.text(),
                  "`quietus finding list --case " + in.id.text() + "` lists its findings");
    }
    return *found;
  });
}

UnixMs read_time(ObjectReader& reader, std::string_view key) {
  return reader.parsed<UnixMs>(reader.text(key, 32), &from_rfc3339);
}

std::optional<UnixMs> read_optional_time(ObjectReader& reader, std::string_view key) {
  const std::string text = reader.optional_text(key, 32);
  if (text.empty()) return std::nullopt;
  return reader.parsed<UnixMs>(text, &from_rfc3339);
}

std::string asked(const Request& request, std::string_view name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::string() : found->second;
}

Result<std::uint64_t> asked_number(const Request& request, std::string_view name, std::uint64_t fallback) {
  const std::string text = asked(request, name);
  if (text.empty()) return fallback;
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stopped != end)
    return fail(ErrorKind::invalid_input, std::string(name) + " is not a number");
  return value;
}

std::optional<OrderId> read_order(ObjectReader& reader) {
  const std::string text = reader.optional_text("order", 64);
  if (text.empty()) return std::nullopt;
  return reader.parsed<OrderId>(text, &OrderId::parse);
}

Result<std::string> reason_of(const Request& request) {
  ObjectReader reader(request.body, "the request");
  std::string reason = reader.text("reason", 1024);
  if (reason.empty()) reader.reject("reason must not be empty");
  QUIETUS_CHECK(reader.finish());
  return reason;
}

}  // namespace quietus::service
